// A clock turned by hand, a socket driven by hand, and chance from a seed.

import type { Clock } from '../src/clock';
import type { SocketLike } from '../src/connection';
import type { Transaction } from '../src/protocol';

export class FakeClock implements Clock {
  private nowMs = 1_000_000;
  private nextTimer = 1;
  private readonly timers = new Map<number, { readonly dueMs: number; readonly callback: () => void }>();

  now(): number {
    return this.nowMs;
  }

  setTimer(callback: () => void, delayMs: number): unknown {
    this.timers.set(this.nextTimer, { dueMs: this.nowMs + delayMs, callback });
    return this.nextTimer++;
  }

  clearTimer(timer: unknown): void {
    this.timers.delete(timer as number);
  }

  async advance(durationMs: number): Promise<void> {
    const endMs = this.nowMs + durationMs;
    for (;;) {
      const due = [...this.timers].filter(([, timer]) => timer.dueMs <= endMs).sort(([, a], [, b]) => a.dueMs - b.dueMs)[0];
      if (due === undefined) break;
      this.timers.delete(due[0]);
      this.nowMs = Math.max(this.nowMs, due[1].dueMs);
      due[1].callback();
      await settle();
    }
    this.nowMs = endMs;
    await settle();
  }
}

/** Lets promises that are already decided run their continuations. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
}

export interface SentFrame {
  readonly state: string;
  readonly data?: Record<string, string>;
  readonly id?: string;
}

export class FakeSocket implements SocketLike {
  onopen: SocketLike['onopen'] = null;
  onmessage: SocketLike['onmessage'] = null;
  onclose: SocketLike['onclose'] = null;
  readonly sent: SentFrame[] = [];
  isClosedByClient = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as SentFrame);
  }

  close(): void {
    this.isClosedByClient = true;
  }

  open(): void {
    this.onopen?.();
  }

  receive(state: string, data: unknown = {}, id?: string): void {
    this.onmessage?.({ data: JSON.stringify({ state, data, id }) });
  }

  receiveText(text: string): void {
    this.onmessage?.({ data: text });
  }

  drop(code: number, reason = ''): void {
    this.onclose?.({ code, reason });
  }

  last(state: string): SentFrame | undefined {
    return this.sent.filter((frame) => frame.state === state).at(-1);
  }

  count(state: string): number {
    return this.sent.filter((frame) => frame.state === state).length;
  }
}

/** Mulberry32: small, and the same everywhere for a seed. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function transaction(sequence: number, change: Partial<Transaction> = {}): Transaction {
  return {
    sequence: BigInt(sequence),
    id: `id-${sequence}`,
    fromAccount: 'user1',
    toAccount: 'user2',
    amount: 5n,
    currency: 'PTS',
    description: '',
    createTime: '2025-01-01T00:00:00Z',
    ...change,
  };
}

export function cursor(sequence: number | bigint): string {
  return `ledger.check.${sequence}`;
}
