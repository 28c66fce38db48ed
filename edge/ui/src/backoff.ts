// Full jitter: a random wait below a bound that doubles. Thousands of pages lose
// the same edge in the same moment; only spread out do they not return as one.

export interface BackoffOptions {
  readonly baseMs: number;
  readonly capMs: number;
}

export const DEFAULT_BACKOFF: BackoffOptions = { baseMs: 500, capMs: 20_000 };

export class Backoff {
  private attempts = 0;

  constructor(
    private readonly random: () => number,
    private readonly options: BackoffOptions = DEFAULT_BACKOFF,
  ) {}

  nextDelayMs(): number {
    const boundMs = Math.min(this.options.capMs, this.options.baseMs * 2 ** this.attempts);
    this.attempts += 1;
    return this.random() * boundMs;
  }

  /** Call on progress, so that the next break starts with short waits again. */
  reset(): void {
    this.attempts = 0;
  }
}
