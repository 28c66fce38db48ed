// Limits how long something may take: until the caller's signal, its time limit, or its end.

import type { Clock } from './environment.js';

export class Scope {
  private readonly controller = new AbortController();
  private readonly timers: unknown[] = [];
  private readonly aborted: Promise<never>;

  constructor(
    private readonly clock: Clock,
    private readonly outer?: AbortSignal,
  ) {
    this.aborted = new Promise((_resolve, reject) => this.signal.addEventListener('abort', () => reject(this.signal.reason)));
    // This avoids an unhandled rejection if nobody is waiting at that moment.
    this.aborted.catch(() => undefined);
    if (outer?.aborted === true) this.onOuter();
    else outer?.addEventListener('abort', this.onOuter);
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get isOver(): boolean {
    return this.signal.aborted;
  }

  abort(reason: unknown): void {
    this.controller.abort(reason);
  }

  abortIn(delayMs: number, reason: unknown): void {
    this.timers.push(this.clock.setTimer(() => this.abort(reason), delayMs));
  }

  race<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([this.aborted, promise]);
  }

  pause(delayMs: number): Promise<void> {
    return this.race(new Promise((resolve) => this.timers.push(this.clock.setTimer(resolve, delayMs))));
  }

  end(): void {
    this.timers.forEach((timer) => this.clock.clearTimer(timer));
    this.outer?.removeEventListener('abort', this.onOuter);
  }

  private readonly onOuter = (): void => this.abort(this.outer?.reason);
}
