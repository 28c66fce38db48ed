// Asks repeatedly while the ledger behind the edge is away. The edge keeps its streams open meanwhile, and a quiet
// stream does not show when the ledger is back.

import { Backoff } from './backoff.js';
import type { Clock } from './environment.js';

export class Lookout {
  private timer: unknown = null;
  private isNeeded = false;
  private readonly backoff: Backoff;

  constructor(
    private readonly clock: Clock,
    random: () => number,
    private readonly ask: () => Promise<unknown>,
  ) {
    this.backoff = new Backoff(random);
  }

  setNeeded(isNeeded: boolean): void {
    if (isNeeded === this.isNeeded) return;
    this.isNeeded = isNeeded;
    this.clock.clearTimer(this.timer);
    if (!isNeeded) return;
    this.backoff.reset();
    this.wait();
  }

  private wait(): void {
    this.timer = this.clock.setTimer(() => void this.look(), this.backoff.nextDelayMs());
  }

  private async look(): Promise<void> {
    const { timer } = this;
    await this.ask().catch(() => undefined);
    // Another wait may have begun during this check.
    if (this.isNeeded && timer === this.timer) this.wait();
  }
}
