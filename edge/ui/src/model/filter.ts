// Decides which rows the list shows. Matches are found when the filter is set or a row arrives, so that drawing a
// frame costs the same with and without a filter.

import { parseAmount } from './money';
import type { Row, RowLog } from './rows';

export interface Filter {
  /** Text that the name of either account must contain. */
  readonly account: string;
  /** Smallest amount, in major units as it is typed. A text that is no amount filters nothing. */
  readonly amount: string;
  /** Text that the description, id or number must contain. */
  readonly text: string;
}

export const NO_FILTER: Filter = { account: '', amount: '', text: '' };

export const isSet = ({ account, amount, text }: Filter): boolean =>
  account.trim() !== '' || amount.trim() !== '' || text.trim() !== '';

export type Predicate = (row: Row) => boolean;

/** Returns the test for a row, or null if every row matches. */
export function predicateOf(filter: Filter): Predicate | null {
  if (!isSet(filter)) return null;
  const account = filter.account.trim().toLowerCase();
  const text = filter.text.trim().toLowerCase().replace(/^#/, '');
  const leastOf = amountByCurrency(filter.amount.trim());
  return (row) =>
    (account === '' || row.fromAccount.includes(account) || row.toAccount.includes(account)) &&
    row.amount >= leastOf(row.currency) &&
    (text === '' || row.description.toLowerCase().includes(text) || row.sequence.toString() === text || row.id.startsWith(text));
}

/** Returns a function that converts the typed amount for a currency: "1.50" is 150 cents, and 2 without minor units. */
function amountByCurrency(typed: string): (currency: string) => bigint {
  const known = new Map<string, bigint>();
  return (currency) => {
    let least = known.get(currency);
    if (least === undefined) {
      const parsed = parseAmount(typed, currency);
      const whole = parseAmount(typed.replace(/\..*$/, ''), currency);
      least = 'amount' in parsed ? parsed.amount : 'amount' in whole ? whole.amount + 1n : 0n;
      known.set(currency, least);
    }
    return least;
  };
}

/** Holds the positions of the log's matching rows. */
export class FilteredRows {
  private positions: number[] = [];
  /** Index of the first entry in `positions` whose row is still in the log. */
  private head = 0;
  private predicate: Predicate | null = null;

  constructor(private readonly log: RowLog) {}

  get isFiltering(): boolean {
    return this.predicate !== null;
  }

  setFilter(filter: Filter): void {
    this.predicate = predicateOf(filter);
    this.rescan();
  }

  /** Must be called after rows were added in front, or all rows were removed. */
  rescan(): void {
    this.positions = [];
    this.head = 0;
    if (this.predicate === null) return;
    for (let position = this.log.start; position < this.log.end; position += 1) this.consider(position);
  }

  /** Must be called after a row was pushed. */
  pushed(): void {
    if (this.predicate === null) return;
    this.consider(this.log.end - 1);
    while (this.head < this.positions.length && this.positions[this.head]! < this.log.start) this.head += 1;
    if (this.head > 1024 && this.head * 2 > this.positions.length) {
      this.positions = this.positions.slice(this.head);
      this.head = 0;
    }
  }

  /** Returns how many matching rows are before the position `end`. */
  countBefore(end: number): number {
    if (this.predicate === null) return Math.max(0, Math.min(end, this.log.end) - this.log.start);
    return this.firstAtOrAfter(end) - this.head;
  }

  /** Returns the position of the matching row that has `index` newer ones below `end`. */
  positionAt(index: number, end: number): number {
    if (this.predicate === null) return Math.min(end, this.log.end) - 1 - index;
    return this.positions[this.firstAtOrAfter(end) - 1 - index] ?? this.log.start - 1;
  }

  private consider(position: number): void {
    const row = this.log.at(position);
    if (row !== undefined && this.predicate!(row)) this.positions.push(position);
  }

  private firstAtOrAfter(end: number): number {
    let low = this.head;
    let high = this.positions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.positions[middle]! < end) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
