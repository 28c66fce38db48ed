// Holds the newest rows, at most `capacity`, so that memory is bounded however long the page is open. A row's
// position never changes. Positions increase from the oldest to the newest row.

import type { Transaction } from '@ledgercast/client';

/** The part of a transaction that the page shows. The rest would only take memory. */
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

/** Makes rows that share their account names, because JSON makes a new string for each transaction. */
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

  /** One beyond the position of the newest row. */
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

  /** Adds a row. If there is no room, the oldest one is dropped. */
  push(row: Row): void {
    if (this.isFull) this.from += 1;
    this.slots[this.slotOf(this.to)] = row;
    this.to += 1;
  }

  /** Adds a row in front of the oldest. Returns false if there is no room. */
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
