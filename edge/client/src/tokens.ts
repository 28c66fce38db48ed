// The access token that everything of one client uses: asked of the user's provider on every
// connect, before it ends, and when the server refused it; by one at a time.

import type { Clock } from './environment.js';
import { LedgercastError, REASON, signedOut } from './errors.js';

/**
 * Gives an access token. `not` is one that is no longer good enough, because the server refused it
 * or because it ends soon: another is wanted. Throws a LedgercastError of code UNAUTHENTICATED
 * where only a new sign-in helps; any other error may pass, and it is asked again.
 */
export type TokenProvider = (not?: string) => string | Promise<string>;

/** A token must outlast the request that it is attached to. */
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

  /** For a request: the one that is there, if it is good for a while. */
  current(): Promise<string> {
    const isGood = this.token !== '' && this.clock.now() < this.goodUntilMs;
    return isGood ? Promise.resolve(this.token) : this.ask();
  }

  /** For a connection. */
  ask(): Promise<string> {
    return this.askFor(undefined);
  }

  /** Instead of `token`, which the server refused: no other one means signed out. */
  async insteadOf(token: string): Promise<string> {
    if (this.token !== '' && this.token !== token) return this.current();
    const other = await this.askFor(token);
    if (other === token) throw signedOut('the server refused the token, and there is no other');
    return other;
  }

  /** Before `token` ends; may be the same if the provider has no better. */
  after(token: string): Promise<string> {
    return this.askFor(token);
  }

  private async askFor(not: string | undefined): Promise<string> {
    const { asking } = this;
    if (asking !== null) {
      const token = await asking.answer;
      // Asked before that one was refused, it may still have been answered.
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

/** As the token itself says, or Infinity: then only the server knows. */
function expiryMsOf(token: string): number {
  try {
    const payload = token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/');
    const { exp } = JSON.parse(atob(payload)) as { readonly exp?: unknown };
    return typeof exp === 'number' ? exp * 1000 : Infinity;
  } catch {
    return Infinity;
  }
}
