// A clock and a device network that tests control.

import type { Clock, Network } from '../src/environment.js';

export class FakeClock implements Clock {
  private nowMs = 1_000_000;
  private nextTimer = 1;
  private readonly timers = new Map<number, { readonly dueMs: number; readonly callback: () => void }>();

  now(): number {
    return this.nowMs;
  }

  setTimer(callback: () => void, delayMs: number): unknown {
    this.timers.set(this.nextTimer, { dueMs: this.nowMs + Math.max(0, delayMs), callback });
    return this.nextTimer++;
  }

  clearTimer(timer: unknown): void {
    this.timers.delete(timer as number);
  }

  get pendingTimers(): number {
    return this.timers.size;
  }

  /** Waits for `delayMs` of the test's clock. */
  pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.setTimer(resolve, delayMs));
  }

  async advance(durationMs: number): Promise<void> {
    const endMs = this.nowMs + durationMs;
    await settle();
    for (;;) {
      let first: number | null = null;
      for (const [id, { dueMs }] of this.timers) {
        if (dueMs <= endMs && (first === null || dueMs < this.timers.get(first)!.dueMs)) first = id;
      }
      if (first === null) break;
      const { dueMs, callback } = this.timers.get(first)!;
      this.timers.delete(first);
      this.nowMs = Math.max(this.nowMs, dueMs);
      callback();
      await settle();
    }
    this.nowMs = endMs;
  }
}

export class FakeNetwork implements Network {
  private online = true;
  private readonly listeners = new Set<() => void>();

  isOnline(): boolean {
    return this.online;
  }

  listen(onChange: () => void): () => void {
    this.listeners.add(onChange);
    return () => void this.listeners.delete(onChange);
  }

  set(isOnline: boolean): void {
    if (isOnline === this.online) return;
    this.online = isOnline;
    for (const listener of [...this.listeners]) listener();
  }

  get listenerCount(): number {
    return this.listeners.size;
  }
}

/** Lets everything run that needs no time to pass. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
