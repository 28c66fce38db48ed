// The reader's side of the log: a position, the newest rows and the balances at
// that position. Pure, so that the contract's rule (nothing twice, nothing
// missing) can be tested against random cuts, repeats and losses.

import { sequenceOfCursor } from './protocol';
import type { ProgressFrame, Transaction, TransactionsFrame, WatchingFrame } from './protocol';

/** Older rows stay in the ledger, not in the page: memory and DOM are bounded. */
export const ROWS_MAX = 1000;

export interface Feed {
  /** Everything up to here has been applied; given back as it came. "" = nothing yet. */
  readonly cursor: string;
  readonly sequence: bigint;
  /** Newest first, at most ROWS_MAX. */
  readonly rows: readonly Transaction[];
  /** How many rows were seen since the beginning, shown or not. */
  readonly seenCount: number;
  /** Of the caller's accounts, at `sequence`. */
  readonly balances: ReadonlyMap<string, bigint>;
  /** Where the ledger's head was when the current watch began. */
  readonly headSequence: bigint;
  readonly live: boolean;
  /** Rows after this one arrived live rather than from history. */
  readonly freshAfter: bigint | null;
}

export type FeedFrame = WatchingFrame | TransactionsFrame | ProgressFrame;

export interface FeedStep {
  readonly feed: Feed;
  /** `gap`: the frame starts beyond our position; nothing was applied, watch again from it. */
  readonly verdict: 'applied' | 'gap';
}

export const EMPTY_FEED: Feed = {
  cursor: '',
  sequence: 0n,
  rows: [],
  seenCount: 0,
  balances: new Map(),
  headSequence: 0n,
  live: false,
  freshAfter: null,
};

export function applyFrame(feed: Feed, frame: FeedFrame): FeedStep {
  if (sequenceOfCursor(frame.after) > feed.sequence) return { feed, verdict: 'gap' };
  if (frame.state === 'watching') return { feed: startWatch(feed, frame), verdict: 'applied' };
  const rows = frame.state === 'transactions' ? frame.transactions : [];
  const advanced = advance(addRows(feed, rows), frame.cursor);
  return {
    feed: updateLive(advanced, frame.state === 'transactions' && frame.live),
    verdict: 'applied',
  };
}

/** A connection that is gone is not live, whatever it was told before. */
export function disconnected(feed: Feed): Feed {
  return { ...feed, live: false };
}

function startWatch(feed: Feed, frame: WatchingFrame): Feed {
  // Balances are those at `after`; where we are already beyond it, ours are newer.
  const isAtPosition = sequenceOfCursor(frame.after) === feed.sequence;
  const started = {
    ...feed,
    balances: isAtPosition ? frame.balances : feed.balances,
    headSequence: sequenceOfCursor(frame.head),
    live: false,
  };
  return updateLive(started, false);
}

function addRows(feed: Feed, transactions: readonly Transaction[]): Feed {
  const added: Transaction[] = [];
  const balances = new Map(feed.balances);
  let sequence = feed.sequence;
  for (const transaction of transactions) {
    if (transaction.sequence <= sequence) continue;
    sequence = transaction.sequence;
    added.push(transaction);
    applyToBalances(balances, transaction);
  }
  if (added.length === 0) return feed;
  const newestFirst = added.slice(-ROWS_MAX).reverse();
  return {
    ...feed,
    rows: newestFirst.concat(feed.rows.slice(0, ROWS_MAX - newestFirst.length)),
    seenCount: feed.seenCount + added.length,
    balances,
  };
}

function applyToBalances(balances: Map<string, bigint>, transaction: Transaction): void {
  const { fromAccount, toAccount, amount, fromBalance, toBalance } = transaction;
  const from = balances.get(fromAccount);
  if (from !== undefined) balances.set(fromAccount, fromBalance ?? from - amount);
  const to = balances.get(toAccount);
  if (to !== undefined) balances.set(toAccount, toBalance ?? to + amount);
}

function advance(feed: Feed, cursor: string): Feed {
  const sequence = sequenceOfCursor(cursor);
  // A repeated frame ends at or before our position, which never moves back.
  return sequence < feed.sequence || cursor === '' ? feed : { ...feed, cursor, sequence };
}

function updateLive(feed: Feed, toldLive: boolean): Feed {
  if (feed.live || (!toldLive && feed.sequence < feed.headSequence)) return feed;
  return { ...feed, live: true, freshAfter: feed.freshAfter ?? feed.sequence };
}
