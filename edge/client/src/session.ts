// Who is signed in, and the pair of tokens that proves it, renewed by one request at a time. Give
// `session.token` to `connect`.

import { environmentOf } from './environment.js';
import type { Clock, Environment, Fetch } from './environment.js';
import { LedgercastError, signedOut } from './errors.js';
import { decodeIssueTokenResponse } from './generated/messages.js';
import type { IssueTokenResponse } from './generated/messages.js';
import { baseOf, call } from './http.js';
import type { TokenProvider } from './tokens.js';

/** Where the pair is kept: `sessionStorage`, `localStorage`, or anything like them. */
export interface SessionStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface SessionOptions {
  /** Of the edge: `https://ledger.example`. */
  readonly url: string;
  /** Without one the session ends with the program. */
  readonly storage?: SessionStorage;
  readonly fetch?: Fetch;
  readonly clock?: Clock;
}

interface Stored {
  readonly username: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

const STORAGE_KEY = 'ledgercast.session';
/** A token must outlast the request that it is attached to. */
const EXPIRY_MARGIN_MAX_MS = 30_000;
const REQUEST_TIMEOUT_MS = 15_000;

export class Session {
  private stored: Stored | null;
  private renewal: Promise<string> | null = null;
  private readonly base: string;
  private readonly environment: Environment;

  constructor(private readonly options: SessionOptions) {
    this.base = baseOf(options.url);
    this.environment = environmentOf(options);
    this.stored = readStored(options.storage);
  }

  /** Null = nobody is signed in. */
  get username(): string | null {
    return this.stored?.username ?? null;
  }

  async signIn(username: string, password: string): Promise<void> {
    this.keep(username, await this.issue({ username, password }));
  }

  signOut(): void {
    this.stored = null;
    this.renewal = null;
    this.options.storage?.removeItem(STORAGE_KEY);
  }

  /** For `connect`. */
  readonly token: TokenProvider = async (not) => {
    if (this.stored === null) throw signedOut('nobody is signed in');
    const { accessToken, expiresAtMs, issuedAtMs } = this.stored;
    const marginMs = Math.min(EXPIRY_MARGIN_MAX_MS, (expiresAtMs - issuedAtMs) / 4);
    const isGood = accessToken !== not && this.environment.clock.now() < expiresAtMs - marginMs;
    return isGood ? accessToken : this.renew(this.stored);
  };

  private renew(before: Stored): Promise<string> {
    // One at a time: the server may take a refresh token only once.
    if (this.renewal === null) {
      const renewal = this.exchange(before).finally(() => {
        if (this.renewal === renewal) this.renewal = null;
      });
      this.renewal = renewal;
    }
    return this.renewal;
  }

  private async exchange(before: Stored): Promise<string> {
    try {
      const pair = await this.issue({ refreshToken: before.refreshToken });
      if (this.stored !== before) throw signedOut('signed out meanwhile');
      this.keep(before.username, pair);
      return pair.accessToken;
    } catch (error) {
      if (!(error instanceof LedgercastError) || error.isUndecided) throw error;
      if (this.stored === before) this.signOut();
      throw signedOut(error.message);
    }
  }

  private async issue(credentials: object): Promise<IssueTokenResponse> {
    const timeout = new AbortController();
    const timer = this.environment.clock.setTimer(() => timeout.abort(), REQUEST_TIMEOUT_MS);
    try {
      const request = { method: 'POST', path: '/v1/token', body: JSON.stringify(credentials) } as const;
      return await call(this.environment, this.base, request, decodeIssueTokenResponse, timeout.signal);
    } finally {
      this.environment.clock.clearTimer(timer);
    }
  }

  private keep(username: string, { accessToken, refreshToken, expiresAt }: IssueTokenResponse): void {
    this.stored = { username, accessToken, refreshToken, issuedAtMs: this.environment.clock.now(), expiresAtMs: Date.parse(expiresAt) };
    this.options.storage?.setItem(STORAGE_KEY, JSON.stringify(this.stored));
  }
}

/** For programs: signs in when it is first asked, and again when the session has ended. */
export function passwordTokens(options: SessionOptions & { readonly username: string; readonly password: string }): TokenProvider {
  const session = new Session(options);
  return async (not) => {
    try {
      return await session.token(not);
    } catch (error) {
      if (!(error instanceof LedgercastError) || error.code !== 'UNAUTHENTICATED') throw error;
      await session.signIn(options.username, options.password);
      return session.token();
    }
  };
}

function readStored(storage: SessionStorage | undefined): Stored | null {
  try {
    const stored = JSON.parse(storage?.getItem(STORAGE_KEY) ?? 'null') as Stored | null;
    return typeof stored?.refreshToken === 'string' ? stored : null;
  } catch {
    return null;
  }
}
