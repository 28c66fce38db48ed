// The newest rows, at most as many as `capacity`: memory is bounded however long the page is open.
// A row's position never changes while it is there; they count up from the oldest to the newest.

import type { Transaction } from '@ledgercast/client';

/** What the page shows of a transaction; the rest of it would only take memory. */
export interface Row {
  readonly sequence: bigint;
  readonly id: string;
  readonly fromAccount: string;
  readonly toAccount: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly description: string;
  readonly timeMs: number;
}

export const ROWS_MAX = 100_000;
const NAMES_MAX = 20_000;

/** Makes rows whose names are shared: JSON gives every transaction strings of its own. */
export class RowMaker {
  private readonly names = new Map<string, string>();

  make({ sequence, id, fromAccount, toAccount, amount, currency, description, createTime }: Transaction): Row {
    return {
      sequence,
      id,
      fromAccount: this.shared(fromAccount),
      toAccount: this.shared(toAccount),
      amount,
      currency: this.shared(currency),
      description,
      timeMs: Date.parse(createTime),
    };
  }

  private shared(name: string): string {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    if (this.names.size >= NAMES_MAX) this.names.clear();
    this.names.set(name, name);
    return name;
  }
}

export class RowLog {
  private readonly slots: (Row | undefined)[] = [];
  private from = 0;
  private to = 0;

  constructor(readonly capacity = ROWS_MAX) {}

  /** Position of the oldest row. */
  get start(): number {
    return this.from;
  }

  /** One beyond the newest row. */
  get end(): number {
    return this.to;
  }

  get size(): number {
    return this.to - this.from;
  }

  get isFull(): boolean {
    return this.size >= this.capacity;
  }

  at(position: number): Row | undefined {
    return position < this.from || position >= this.to ? undefined : this.slots[this.slotOf(position)];
  }

  get oldest(): Row | undefined {
    return this.at(this.from);
  }

  get newest(): Row | undefined {
    return this.at(this.to - 1);
  }

  /** The oldest one makes room where there is none. */
  push(row: Row): void {
    if (this.isFull) this.from += 1;
    this.slots[this.slotOf(this.to)] = row;
    this.to += 1;
  }

  /** In front of the oldest; false where there is no room. */
  prepend(row: Row): boolean {
    if (this.isFull) return false;
    this.from -= 1;
    this.slots[this.slotOf(this.from)] = row;
    return true;
  }

  clear(): void {
    this.slots.length = 0;
    this.from = 0;
    this.to = 0;
  }

  private slotOf(position: number): number {
    return ((position % this.capacity) + this.capacity) % this.capacity;
  }
}
