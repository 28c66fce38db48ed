// The ledger of the tests as user1 sees it. Every third transaction belongs to other accounts.

import { createHash } from 'node:crypto';
import type { Transaction } from '../src/index.js';

export type Row = Record<string, string>;

export const SUBJECT = 'user1';
const START_BALANCE = 1_000_000n;
const PAGE = 4;

export interface Page {
  readonly transactions: readonly Row[];
  readonly after: string;
  readonly cursor: string;
  readonly live: boolean;
}

export class FakeLog {
  /** Changes when the ledger becomes another one. */
  name = 'ledger';
  private readonly rows: Row[] = [];
  private readonly byId = new Map<string, Row>();

  get head(): number {
    return this.rows.length;
  }

  cursor(sequence: number): string {
    return `${this.name}.check.${sequence}`;
  }

  /** Returns the sequence in a cursor, or null if it is of another ledger or beyond the head. */
  sequenceOf(cursor: string): number | null {
    if (cursor === '') return 0;
    if (cursor === 'now') return this.head;
    const sequence = Number(cursor.slice(cursor.lastIndexOf('.') + 1));
    return cursor === this.cursor(sequence) && sequence <= this.head ? sequence : null;
  }

  /** Returns the row of that id, new or as it was first posted. Without an id it makes a new row each time. */
  post(givenId: string, amount = '1'): Row {
    const id = givenId || `made-${this.head + 1}`;
    const known = this.byId.get(id);
    if (known) return known;
    const sequence = this.head + 1;
    const isOwn = sequence % 3 !== 0;
    const row: Row = {
      sequence: String(sequence),
      id,
      fromAccount: isOwn ? SUBJECT : 'other1',
      toAccount: 'other2',
      amount,
      currency: 'PTS',
      createTime: '2026-01-01T00:00:00Z',
    };
    if (isOwn) row.fromBalance = String(this.balanceAt(this.head) - BigInt(amount));
    this.rows.push(row);
    this.byId.set(id, row);
    return row;
  }

  /** Returns what user1 may see in (`after`, `until`]. */
  visible(after: number, until = this.head): readonly Row[] {
    return this.rows.slice(after, until).filter(({ fromAccount }) => fromAccount === SUBJECT);
  }

  countOf(amount: string): number {
    return this.rows.filter((row) => row.amount === amount).length;
  }

  page(after: number): Page {
    const until = Math.min(this.head, after + PAGE);
    return { transactions: this.visible(after, until), after: this.cursor(after), cursor: this.cursor(until), live: until === this.head };
  }

  balanceAt(sequence: number): bigint {
    return this.visible(0, sequence).reduce((balance, { amount }) => balance - BigInt(amount!), START_BALANCE);
  }

  digest(after: string, until: string): { readonly count: string; readonly sha256: string } {
    const rows = this.visible(this.sequenceOf(after)!, until === '' ? this.head : this.sequenceOf(until)!);
    const lines = rows.map((row) => `${row.sequence} ${row.id} ${row.fromAccount} ${row.toAccount} ${row.amount} ${row.currency}\n`);
    return { count: String(rows.length), sha256: createHash('sha256').update(lines.join('')).digest('hex') };
  }
}

export const idsOf = (rows: readonly (Row | Transaction)[]): readonly string[] => rows.map(({ sequence, id }) => `${sequence} ${id}`);
