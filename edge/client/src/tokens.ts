// Holds the access token that one client uses everywhere. The user's provider is asked on every connect, before the
// token expires, and when the server refused it. It is asked once at a time.

import type { Clock } from './environment.js';
import { LedgercastError, REASON, signedOut } from './errors.js';

/**
 * Returns an access token. `not` is a token that is no longer good enough, because the server refused it or it
 * expires soon, so another one is wanted. Throws a LedgercastError of code UNAUTHENTICATED if only a new sign-in
 * helps. After any other error the client asks again.
 */
export type TokenProvider = (not?: string) => string | Promise<string>;

/** Longest margin before expiry, because a token must outlast the request that carries it. */
const MARGIN_MAX_MS = 30_000;

export class Tokens {
  private token = '';
  private goodUntilMs = 0;
  private asking: { readonly not: string | undefined; readonly answer: Promise<string> } | null = null;
  private readonly provide: TokenProvider;

  constructor(
    provider: string | TokenProvider,
    private readonly clock: Clock,
  ) {
    this.provide = typeof provider === 'string' ? () => provider : provider;
  }

  /** Returns a token for a request: the present one if it is valid for a while. */
  current(): Promise<string> {
    const isGood = this.token !== '' && this.clock.now() < this.goodUntilMs;
    return isGood ? Promise.resolve(this.token) : this.ask();
  }

  /** Returns a token for a connection. */
  ask(): Promise<string> {
    return this.askFor(undefined);
  }

  /** Returns another token than `token`, which the server refused. If there is no other one, the user is signed out. */
  async insteadOf(token: string): Promise<string> {
    if (this.token !== '' && this.token !== token) return this.current();
    const other = await this.askFor(token);
    if (other === token) throw signedOut('the server refused the token, and there is no other');
    return other;
  }

  /** Returns the token to use before `token` expires. It may be the same if the provider has no better one. */
  after(token: string): Promise<string> {
    return this.askFor(token);
  }

  private async askFor(not: string | undefined): Promise<string> {
    const { asking } = this;
    if (asking !== null) {
      const token = await asking.answer;
      // If the request was made before that token was refused, its answer may be the refused one.
      if (token !== not || asking.not === not) return token;
    }
    const answer = this.fetch(not).finally(() => {
      if (this.asking?.answer === answer) this.asking = null;
    });
    this.asking = { not, answer };
    return answer;
  }

  private async fetch(not: string | undefined): Promise<string> {
    const token = await this.fromProvider(not);
    const nowMs = this.clock.now();
    const leftMs = expiryMsOf(token) - nowMs;
    this.token = token;
    this.goodUntilMs = leftMs > 0 ? nowMs + leftMs - Math.min(MARGIN_MAX_MS, leftMs / 4) : Infinity;
    return token;
  }

  private async fromProvider(not: string | undefined): Promise<string> {
    try {
      return await this.provide(not);
    } catch (error) {
      if (error instanceof LedgercastError) throw error;
      throw new LedgercastError('UNAVAILABLE', REASON.unreachable, `no token: ${String(error)}`, { of: 'token' });
    }
  }
}

/** Returns the expiry that the token names, or Infinity if only the server knows it. */
function expiryMsOf(token: string): number {
  try {
    const payload = token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/');
    const { exp } = JSON.parse(atob(payload)) as { readonly exp?: unknown };
    return typeof exp === 'number' ? exp * 1000 : Infinity;
  } catch {
    return Infinity;
  }
}
