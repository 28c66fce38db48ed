// Who is signed in, and the pair of tokens that proves it, renewed by one request at a time. Give
// `session.token` to `connect`.
//
// A refresh token is good once: each renewal stores the new one in its place. Another tab may have
// renewed in between, so the storage and the other tabs are looked at first (see tabs.ts).

import { environmentOf } from './environment.js';
import type { Clock, Environment, Fetch } from './environment.js';
import { LedgercastError, signedOut } from './errors.js';
import { decodeIssueTokenResponse } from './generated/messages.js';
import type { IssueTokenResponse } from './generated/messages.js';
import { baseOf, call } from './http.js';
import { Tabs, browserTabs, isNewer } from './tabs.js';
import type { Stored, TabChannel, TabLocks } from './tabs.js';
import type { TokenProvider } from './tokens.js';

/** Where the pair is kept: `sessionStorage`, `localStorage`, or anything like them. */
export interface SessionStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface SessionOptions {
  /** The edge's address: `https://ledger.example`. */
  readonly url: string;
  /** Without one the session ends with the program. */
  readonly storage?: SessionStorage;
  readonly fetch?: Fetch;
  readonly clock?: Clock;
  /** How tabs that hold the same sign-in find each other; the browser's, where there is a `storage`. */
  readonly tabs?: { readonly channel?: TabChannel; readonly locks?: TabLocks };
}

const STORAGE_KEY = 'ledgercast.session';
/** A token must outlast the request that it is attached to. */
const EXPIRY_MARGIN_MAX_MS = 30_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** How long a renewal may take: the second try must come while the server still takes the same token again. */
const RENEWAL_TIMEOUT_MS = 4_000;

export class Session {
  private stored: Stored | null;
  private renewal: Promise<string> | null = null;
  private readonly base: string;
  private readonly environment: Environment;
  private readonly tabs: Tabs;
  /** Until the first renewal: what was read at the start may be older than what another tab has. */
  private mayBeOld: boolean;

  constructor(private readonly options: SessionOptions) {
    this.base = baseOf(options.url);
    this.environment = environmentOf(options);
    this.stored = readStored(options.storage);
    this.mayBeOld = this.stored !== null;
    const { channel, locks } = options.tabs ?? (options.storage === undefined ? {} : browserTabs());
    const adopt = (stored: Stored): void => {
      this.mayBeOld = false;
      this.store(stored);
    };
    this.tabs = new Tabs(this.environment.clock, channel, locks, () => this.stored, adopt);
  }

  /** Null = nobody is signed in. */
  get username(): string | null {
    return this.stored?.username ?? null;
  }

  async signIn(username: string, password: string): Promise<void> {
    this.store(this.storedOf(username, await this.issue({ username, password })));
    this.mayBeOld = false;
  }

  signOut(): void {
    this.stored = null;
    this.renewal = null;
    this.options.storage?.removeItem(STORAGE_KEY);
  }

  /** For `connect`. */
  readonly token: TokenProvider = async (not) => {
    if (this.stored === null) throw signedOut('nobody is signed in');
    return this.isGood(this.stored, not) ? this.stored.accessToken : this.renew(not);
  };

  private isGood({ accessToken, expiresAtMs, issuedAtMs }: Stored, not: string | undefined): boolean {
    const marginMs = Math.min(EXPIRY_MARGIN_MAX_MS, (expiresAtMs - issuedAtMs) / 4);
    return accessToken !== not && this.environment.clock.now() < expiresAtMs - marginMs;
  }

  private renew(not: string | undefined): Promise<string> {
    // One at a time: the server takes a refresh token only once.
    if (this.renewal === null) {
      const before = this.stored!;
      const renewal = this.tabs
        .inTurn(before, () => this.exchange(before, not))
        .finally(() => {
          if (this.renewal === renewal) this.renewal = null;
        });
      this.renewal = renewal;
    }
    return this.renewal;
  }

  private async exchange(before: Stored, not: string | undefined): Promise<string> {
    await this.lookAround(before.username);
    const { stored } = this;
    if (stored === null) throw signedOut('signed out meanwhile');
    if (stored !== before && this.isGood(stored, not)) return stored.accessToken;
    try {
      const pair = await this.issueNext(stored.refreshToken);
      if (this.stored === null) throw signedOut('signed out meanwhile');
      const renewed = this.storedOf(before.username, pair);
      // Another tab may have been quicker by more than one.
      if (!isNewer(this.stored, renewed)) {
        this.store(renewed);
        this.tabs.tell(renewed);
      }
      return this.stored.accessToken;
    } catch (error) {
      if (!(error instanceof LedgercastError) || error.isUndecided) throw error;
      if (this.stored === stored) this.signOut();
      if (this.stored !== null) return this.stored.accessToken;
      throw signedOut(error.message);
    }
  }

  /** Takes what another tab has left in the storage, or has to tell. */
  private async lookAround(username: string): Promise<void> {
    const { storage } = this.options;
    if (storage !== undefined) this.stored = sameOrStored(this.stored, readStored(storage));
    // Somebody else may have signed in there by now, for whom this session does not speak.
    if (this.stored !== null && this.stored.username !== username) this.stored = null;
    if (this.stored !== null && this.mayBeOld) await this.tabs.ask(this.stored);
    this.mayBeOld = false;
  }

  /** Tried twice: where the answer was lost, the server gives the same once more for some seconds. */
  private async issueNext(refreshToken: string): Promise<IssueTokenResponse> {
    try {
      return await this.issue({ refreshToken }, RENEWAL_TIMEOUT_MS);
    } catch (error) {
      if (!(error instanceof LedgercastError) || !error.isUndecided) throw error;
      return this.issue({ refreshToken }, RENEWAL_TIMEOUT_MS);
    }
  }

  private async issue(credentials: object, timeoutMs = REQUEST_TIMEOUT_MS): Promise<IssueTokenResponse> {
    const timeout = new AbortController();
    const timer = this.environment.clock.setTimer(() => timeout.abort(), timeoutMs);
    try {
      const request = { method: 'POST', path: '/v1/token', body: JSON.stringify(credentials) } as const;
      return await call(this.environment, this.base, request, decodeIssueTokenResponse, timeout.signal);
    } finally {
      this.environment.clock.clearTimer(timer);
    }
  }

  private storedOf(username: string, { accessToken, refreshToken, expiresAt }: IssueTokenResponse): Stored {
    return { username, accessToken, refreshToken, issuedAtMs: this.environment.clock.now(), expiresAtMs: Date.parse(expiresAt) };
  }

  private store(stored: Stored): void {
    this.stored = stored;
    this.options.storage?.setItem(STORAGE_KEY, JSON.stringify(stored));
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

/** What the storage has goes, unless it is what is known already: another tab may also have signed out. */
function sameOrStored(known: Stored | null, stored: Stored | null): Stored | null {
  return known !== null && stored?.refreshToken === known.refreshToken ? known : stored;
}

function readStored(storage: SessionStorage | undefined): Stored | null {
  try {
    const stored = JSON.parse(storage?.getItem(STORAGE_KEY) ?? 'null') as Stored | null;
    return typeof stored?.refreshToken === 'string' ? stored : null;
  } catch {
    return null;
  }
}
