// Replacements for a server and a clock in tests.

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

/** A frame clock whose frames come when the test asks for them. */
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

  /** Lets one frame pass. */
  frame(): void {
    this.nowMs += 16;
    for (const callback of this.callbacks.splice(0)) callback();
  }
}
