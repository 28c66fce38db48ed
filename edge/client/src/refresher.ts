// Gives a stream its next token before the current one expires.

import type { Clock } from './environment.js';
import { LedgercastError } from './errors.js';
import type { Tokens } from './tokens.js';

const MARGIN_MAX_MS = 60_000;
const RETRY_MS = 5_000;
/** Wait for tokens that have already expired by the local clock, which is then wrong. */
const BLIND_MS = 30_000;
/** Longest wait, even if a token lives longer: it may be revoked, or its expiry may be wrong. */
const DELAY_MAX_MS = 12 * 3_600_000;

export interface RefresherHost {
  onToken(token: string): void;
  onSignedOut(error: LedgercastError): void;
}

export class Refresher {
  private timer: unknown = null;
  /** Increases when the stream ends. A token that arrives after that is dropped. */
  private generation = 0;

  constructor(
    private readonly clock: Clock,
    private readonly tokens: Tokens,
    private token: string,
    private readonly host: RefresherHost,
  ) {}

  schedule(expiresAtMs: number): void {
    const leftMs = expiresAtMs - this.clock.now();
    const delayMs = leftMs > 0 ? leftMs - Math.min(MARGIN_MAX_MS, leftMs / 4) : BLIND_MS;
    this.setTimer(Math.min(delayMs, DELAY_MAX_MS));
  }

  async refresh(): Promise<void> {
    const generation = this.generation;
    this.clock.clearTimer(this.timer);
    try {
      const token = await this.tokens.after(this.token);
      if (generation !== this.generation) return;
      if (token === this.token) return this.setTimer(RETRY_MS);
      this.token = token;
      this.host.onToken(token);
    } catch (error) {
      if (generation !== this.generation) return;
      if (error instanceof LedgercastError && error.code === 'UNAUTHENTICATED') this.host.onSignedOut(error);
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
