// Computes waits with full jitter: a random wait below a bound that doubles. Thousands of clients may lose the same
// edge at the same moment, and without jitter they would all return together.

const BASE_MS = 500;
const CAP_MS = 20_000;

export class Backoff {
  private attempts = 0;

  constructor(private readonly random: () => number) {}

  nextDelayMs(): number {
    const boundMs = Math.min(CAP_MS, BASE_MS * 2 ** this.attempts);
    this.attempts += 1;
    return this.random() * boundMs;
  }

  /** Call on progress, so that the next break starts with short waits again. */
  reset(): void {
    this.attempts = 0;
  }
}
