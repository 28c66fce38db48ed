// Who is signed in, and the pair of tokens that proves it. Kept in sessionStorage:
// it survives a reload of the tab, and ends with the tab.

import { Api, ApiError } from './api';
import type { TokenPair } from './api';
import { SignedOutError } from './tokens';
import type { TokenProvider } from './tokens';

const STORAGE_KEY = 'ledgercast.session';
/** A token must outlast the request that it is attached to. */
const EXPIRY_MARGIN_MAX_MS = 30_000;

interface StoredSession extends TokenPair {
  readonly username: string;
  readonly issuedAtMs: number;
}

export type SessionStorageLike = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export class Session implements TokenProvider {
  private stored: StoredSession | null;
  private renewal: Promise<string> | null = null;

  constructor(
    private readonly api: Pick<Api, 'issueToken'>,
    private readonly storage: SessionStorageLike,
    private readonly nowMs: () => number,
  ) {
    this.stored = readStored(storage);
  }

  get username(): string | null {
    return this.stored?.username ?? null;
  }

  async signIn(username: string, password: string): Promise<void> {
    this.keep(username, await this.api.issueToken({ username, password }));
  }

  signOut(): void {
    this.stored = null;
    this.renewal = null;
    this.storage.removeItem(STORAGE_KEY);
  }

  async accessToken(): Promise<string> {
    if (this.stored === null) throw new SignedOutError();
    const { accessToken, expiresAtMs, issuedAtMs } = this.stored;
    const marginMs = Math.min(EXPIRY_MARGIN_MAX_MS, (expiresAtMs - issuedAtMs) / 4);
    return this.nowMs() < expiresAtMs - marginMs ? accessToken : this.renewToken();
  }

  renewToken(): Promise<string> {
    // One at a time: the server may take a refresh token only once.
    if (this.renewal === null) {
      const renewal = this.renew().finally(() => {
        if (this.renewal === renewal) this.renewal = null;
      });
      this.renewal = renewal;
    }
    return this.renewal;
  }

  private async renew(): Promise<string> {
    const before = this.stored;
    if (before === null) throw new SignedOutError();
    try {
      const pair = await this.api.issueToken({ refreshToken: before.refreshToken });
      if (this.stored !== before) throw new SignedOutError();
      this.keep(before.username, pair);
      return pair.accessToken;
    } catch (error) {
      const isRefused = error instanceof ApiError && [400, 401, 403].includes(error.status);
      if (!isRefused) throw error;
      if (this.stored === before) this.signOut();
      throw new SignedOutError();
    }
  }

  private keep(username: string, pair: TokenPair): void {
    this.stored = { ...pair, username, issuedAtMs: this.nowMs() };
    this.storage.setItem(STORAGE_KEY, JSON.stringify(this.stored));
  }
}

function readStored(storage: SessionStorageLike): StoredSession | null {
  try {
    const stored = JSON.parse(storage.getItem(STORAGE_KEY) ?? 'null') as StoredSession | null;
    return typeof stored?.refreshToken === 'string' ? stored : null;
  } catch {
    return null;
  }
}
