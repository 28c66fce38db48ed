// Which rows the list shows. What matches is found once, when the filter is set or a row comes, so
// that a frame costs the same whether a filter is set or not.

import { parseAmount } from './money';
import type { Row, RowLog } from './rows';

export interface Filter {
  /** Part of the name of either side. */
  readonly account: string;
  /** In major units, as it is typed: "at least". What is no amount filters nothing. */
  readonly amount: string;
  /** In description, id or number. */
  readonly text: string;
}

export const NO_FILTER: Filter = { account: '', amount: '', text: '' };

export const isSet = ({ account, amount, text }: Filter): boolean =>
  account.trim() !== '' || amount.trim() !== '' || text.trim() !== '';

export type Predicate = (row: Row) => boolean;

/** Null = every row. */
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

/** "1.50" is 150 cents, and 2 of a currency without cents. */
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

/** The matching rows of a log, by their positions. */
export class FilteredRows {
  private positions: number[] = [];
  /** Index of the first position that is still in the log. */
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

  /** After rows came in front, or all of them went. */
  rescan(): void {
    this.positions = [];
    this.head = 0;
    if (this.predicate === null) return;
    for (let position = this.log.start; position < this.log.end; position += 1) this.consider(position);
  }

  /** After a row was pushed. */
  pushed(): void {
    if (this.predicate === null) return;
    this.consider(this.log.end - 1);
    while (this.head < this.positions.length && this.positions[this.head]! < this.log.start) this.head += 1;
    if (this.head > 1024 && this.head * 2 > this.positions.length) {
      this.positions = this.positions.slice(this.head);
      this.head = 0;
    }
  }

  /** How many there are before `end`, a position. */
  countBefore(end: number): number {
    if (this.predicate === null) return Math.max(0, Math.min(end, this.log.end) - this.log.start);
    return this.firstAtOrAfter(end) - this.head;
  }

  /** The position of the one with that many newer ones below `end`. */
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
