// The contract's rule, pure: a place in the log, and what a frame adds to it. A frame that begins
// beyond the place leaves a gap and is refused whole; what lies at or below the place is dropped.

import { ProtocolError } from './decode.js';
import type { ServerFrame } from './frames.js';
import type { Transaction, WatchTransactionsResponse, WatchingFrame } from './generated/messages.js';

/** What a reader of the log is given, in order: all that it may see in (`after`, `cursor`], once. */
export interface Batch {
  /** May be empty: nothing for this reader up to `cursor`. */
  readonly transactions: readonly Transaction[];
  /** The `cursor` of the batch before. */
  readonly after: string;
  /** Keep it with what was read, and give it back as `after` to go on from here. */
  readonly cursor: string;
  /** True once the reader has caught up with the log. */
  readonly live: boolean;
  /** Balances of the caller's own accounts at `cursor`, in minor units. Empty over long polls. */
  readonly balances: Readonly<Record<string, bigint>>;
}

export interface Position {
  /** "" = the beginning, "now" = the end, wherever that is when the server is asked. */
  readonly cursor: string;
  /** Null as long as `now` stands for no place. */
  readonly sequence: bigint | null;
  readonly live: boolean;
  readonly balances: Readonly<Record<string, bigint>>;
  /** Where the log's head was when it was last heard of; null = polls are told of it at its end only. */
  readonly head: bigint | null;
}

export type FeedFrame = Extract<ServerFrame, { readonly state: 'watching' | 'transactions' | 'progress' }>;

export interface Step {
  readonly position: Position;
  /** Null where there is nothing to tell the reader. */
  readonly batch: Batch | null;
}

export function positionAt(cursor: string): Position {
  const sequence = cursor === 'now' ? null : sequenceOf(cursor);
  return { cursor, sequence, live: false, balances: {}, head: null };
}

/** The rest of a cursor is the server's business, so this is the only place that looks inside one. */
export function sequenceOf(cursor: string): bigint {
  if (cursor === '') return 0n;
  const digits = cursor.slice(cursor.lastIndexOf('.') + 1);
  if (!/^\d{1,19}$/.test(digits)) throw new ProtocolError('expected a cursor');
  return BigInt(digits);
}

/** `gap`: nothing was taken; watch again from the position. */
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
  // A repeat ends at or before the position, which never moves back.
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

/** A connection that is gone is not live, whatever it was told before. */
export function disconnected(position: Position): Position {
  return { ...position, live: false };
}

/** An empty batch at once, so that the reader knows its place, its balances and whether it is live. */
function begin(position: Position, after: bigint, frame: WatchingFrame): Step {
  const told = frame.head === '' ? null : sequenceOf(frame.head);
  const cursor = position.sequence === null ? frame.after : position.cursor;
  const sequence = position.sequence ?? after;
  const live = told !== null && sequence >= told;
  // The frame's balances are as of `after`; where the position is beyond it, its own are newer.
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
