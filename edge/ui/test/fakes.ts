// What tests make up instead of a server and a clock.

import type { Transaction } from '@ledgercast/client';
import type { FrameClock } from '../src/model/frames';

export const START_MS = Date.UTC(2026, 0, 1);

export function transaction(sequence: number, change: Partial<Transaction> = {}): Transaction {
  return {
    sequence: BigInt(sequence),
    id: `id-${sequence}`,
    fromAccount: 'user1',
    toAccount: 'user2',
    amount: 1n,
    currency: 'PTS',
    description: '',
    metadata: {},
    createTime: new Date(START_MS + 1000 * sequence).toISOString(),
    reverses: '',
    ...change,
  };
}

/** Frames come when they are asked for. */
export class FakeFrames implements FrameClock {
  nowMs = 0;
  private callbacks: (() => void)[] = [];

  now(): number {
    return this.nowMs;
  }

  requestFrame(callback: () => void): void {
    this.callbacks.push(callback);
  }

  afterFrame(callback: () => void): void {
    callback();
  }

  /** One frame later. */
  frame(): void {
    this.nowMs += 16;
    for (const callback of this.callbacks.splice(0)) callback();
  }
}
