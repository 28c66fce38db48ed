// Gives a socket its next token before the last one ends.

import type { Clock } from './clock';
import { SignedOutError } from './tokens';
import type { TokenProvider } from './tokens';

const MARGIN_MAX_MS = 60_000;
const RETRY_MS = 5_000;
/** Where the local clock claims that a fresh token is over already. */
const BLIND_MS = 30_000;
/** Timers beyond 24 days fire at once; no token lives that long unasked. */
const DELAY_MAX_MS = 12 * 3_600_000;

export class TokenRefresher {
  private timer: unknown = null;
  /** Grows when the socket goes; a renewal still under way then is nobody's. */
  private generation = 0;

  constructor(
    private readonly clock: Clock,
    private readonly tokens: TokenProvider,
    private readonly onToken: (token: string) => void,
    private readonly onSignedOut: () => void,
  ) {}

  schedule(expiresAtMs: number): void {
    const leftMs = expiresAtMs - this.clock.now();
    const delayMs = leftMs <= 0 ? BLIND_MS : leftMs - Math.min(MARGIN_MAX_MS, leftMs / 4);
    this.setTimer(Math.min(delayMs, DELAY_MAX_MS));
  }

  async refresh(): Promise<void> {
    const generation = this.generation;
    try {
      const token = await this.tokens.renewToken();
      if (generation === this.generation) this.onToken(token);
    } catch (error) {
      if (generation !== this.generation) return;
      if (error instanceof SignedOutError) this.onSignedOut();
      else this.setTimer(RETRY_MS);
    }
  }

  cancel(): void {
    this.generation += 1;
    this.clock.clearTimer(this.timer);
  }

  private setTimer(delayMs: number): void {
    this.clock.clearTimer(this.timer);
    this.timer = this.clock.setTimer(() => void this.refresh(), delayMs);
  }
}
