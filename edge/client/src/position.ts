// Implements the contract's rule as pure functions: a position in the log, and what a frame adds to it. A frame that
// begins beyond the position leaves a gap and is refused. Transactions at or below the position are dropped.

import { ProtocolError } from './decode.js';
import type { ServerFrame } from './frames.js';
import type { Transaction, WatchTransactionsResponse, WatchingFrame } from './generated/messages.js';

/** A piece of the log: all transactions in (`after`, `cursor`] that the reader may see, in order and once. */
export interface Batch {
  /** Empty if there is nothing for this reader up to `cursor`. */
  readonly transactions: readonly Transaction[];
  /** The `cursor` of the previous batch. */
  readonly after: string;
  /** Store it with what was read, and pass it as `after` to continue from here. */
  readonly cursor: string;
  /** True once the reader has caught up with the log. */
  readonly live: boolean;
  /** Balances of the caller's own accounts at `cursor`, in minor units. Empty over long polls. */
  readonly balances: Readonly<Record<string, bigint>>;
}

export interface Position {
  /** "" is the beginning, and "now" is the end of the log when the server is asked. */
  readonly cursor: string;
  /** Null as long as the position is `now` and the server has not said where that is. */
  readonly sequence: bigint | null;
  readonly live: boolean;
  readonly balances: Readonly<Record<string, bigint>>;
  /** Newest known sequence of the log's head; null if unknown. Polls are told of it only when they reach the end. */
  readonly head: bigint | null;
}

export type FeedFrame = Extract<ServerFrame, { readonly state: 'watching' | 'transactions' | 'progress' }>;

export interface Step {
  readonly position: Position;
  /** Null if there is nothing to tell the reader. */
  readonly batch: Batch | null;
}

export function positionAt(cursor: string): Position {
  const sequence = cursor === 'now' ? null : sequenceOf(cursor);
  return { cursor, sequence, live: false, balances: {}, head: null };
}

/** Returns the sequence in a cursor. Only the server knows the rest, so no other place looks inside a cursor. */
export function sequenceOf(cursor: string): bigint {
  if (cursor === '') return 0n;
  const digits = cursor.slice(cursor.lastIndexOf('.') + 1);
  if (!/^\d{1,19}$/.test(digits)) throw new ProtocolError('expected a cursor');
  return BigInt(digits);
}

/** Returns the new position and a batch. `gap` means that nothing was taken: watch again from the position. */
export function advance(position: Position, frame: FeedFrame): Step | 'gap' {
  const after = sequenceOf(frame.data.after);
  if (position.sequence !== null && after > position.sequence) return 'gap';
  if (frame.state === 'watching') return begin(position, after, frame.data);
  const here = position.sequence ?? after;
  const taken: WatchTransactionsResponse =
    frame.state === 'transactions' ? frame.data : { transactions: [], ...frame.data, live: false };
  const until = sequenceOf(taken.cursor);
  checkOrder(taken.transactions, until);
  const transactions = taken.transactions.filter(({ sequence }) => sequence > here);
  // The position never moves back. A repeated frame ends at or before it.
  const moved = until > here;
  const cursor = moved ? taken.cursor : position.cursor;
  const sequence = moved ? until : here;
  const live = position.live || taken.live || (position.head !== null && sequence >= position.head);
  const head = live ? larger(position.head, sequence) : position.head;
  const balances = balancesAfter(position.balances, transactions);
  const next = { cursor, sequence, live, balances, head };
  if (!moved && live === position.live) return { position: next, batch: null };
  return { position: next, batch: { transactions, after: position.cursor, cursor, live, balances } };
}

/** Returns the position after the connection ended. It is not live any more. */
export function disconnected(position: Position): Position {
  return { ...position, live: false };
}

/** Makes an empty batch at once, so that the reader knows its position, its balances and whether it is live. */
function begin(position: Position, after: bigint, frame: WatchingFrame): Step {
  const told = frame.head === '' ? null : sequenceOf(frame.head);
  const cursor = position.sequence === null ? frame.after : position.cursor;
  const sequence = position.sequence ?? after;
  const live = told !== null && sequence >= told;
  // The frame's balances are those at `after`. If the position is beyond that, its own balances are newer.
  const balances = sequence === after ? frame.balances : position.balances;
  const head = told === null ? position.head : larger(position.head, told);
  return { position: { cursor, sequence, live, balances, head }, batch: { transactions: [], after: cursor, cursor, live, balances } };
}

const larger = (a: bigint | null, b: bigint): bigint => (a !== null && a > b ? a : b);

function checkOrder(transactions: readonly Transaction[], until: bigint): void {
  let last = 0n;
  for (const { sequence } of transactions) {
    if (sequence <= last || sequence > until) throw new ProtocolError('transactions out of order');
    last = sequence;
  }
}

function balancesAfter(before: Readonly<Record<string, bigint>>, transactions: readonly Transaction[]): Readonly<Record<string, bigint>> {
  if (transactions.length === 0) return before;
  const balances = { ...before };
  for (const { fromAccount, toAccount, amount, fromBalance, toBalance } of transactions) {
    const from = balances[fromAccount];
    if (from !== undefined) balances[fromAccount] = fromBalance ?? from - amount;
    const to = balances[toAccount];
    if (to !== undefined) balances[toAccount] = toBalance ?? to + amount;
  }
  return balances;
}
