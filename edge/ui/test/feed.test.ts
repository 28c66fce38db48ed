import { describe, expect, it } from 'vitest';
import { EMPTY_FEED, ROWS_MAX, applyFrame, disconnected } from '../src/feed';
import type { Feed } from '../src/feed';
import { sequenceOfCursor } from '../src/protocol';
import type { ProgressFrame, Transaction, TransactionsFrame, WatchingFrame } from '../src/protocol';
import { cursor, seededRandom, transaction } from './fakes';

function watching(after: string, head: number, balances: Record<string, bigint> = {}): WatchingFrame {
  return { state: 'watching', id: '', after, head: cursor(head), balances: new Map(Object.entries(balances)) };
}

function rows(after: number, until: number, transactions: readonly Transaction[], live = false): TransactionsFrame {
  return { state: 'transactions', transactions, after: cursor(after), cursor: cursor(until), live };
}

function progress(after: number, until: number): ProgressFrame {
  return { state: 'progress', after: cursor(after), cursor: cursor(until) };
}

function applyAll(feed: Feed, ...frames: Parameters<typeof applyFrame>[1][]): Feed {
  return frames.reduce((before, frame) => {
    const { feed: after, verdict } = applyFrame(before, frame);
    expect(verdict).toBe('applied');
    return after;
  }, feed);
}

const sequences = (feed: Feed) => feed.rows.map((row) => Number(row.sequence));

describe('position', () => {
  it('is the cursor of the last frame, given back unchanged', () => {
    const feed = applyAll(EMPTY_FEED, watching('', 3), rows(0, 3, [transaction(2)]));
    expect(feed.cursor).toBe('ledger.check.3');
    expect(feed.sequence).toBe(3n);
  });

  it('moves with progress and never back', () => {
    const feed = applyAll(EMPTY_FEED, watching('', 9), progress(0, 9), progress(2, 4));
    expect(feed.cursor).toBe(cursor(9));
  });

  it('reads the sequence from the last part of a cursor only', () => {
    expect(sequenceOfCursor('')).toBe(0n);
    expect(sequenceOfCursor('a.b.9007199254740993')).toBe(9007199254740993n);
    expect(() => sequenceOfCursor('a.b.c')).toThrow();
  });
});

describe('rows', () => {
  it('are newest first and bounded', () => {
    const many = Array.from({ length: ROWS_MAX + 7 }, (_, index) => transaction(index + 1));
    const feed = applyAll(EMPTY_FEED, watching('', 2000), rows(0, 5, many.slice(0, 5)), rows(5, ROWS_MAX + 7, many.slice(5)));
    expect(feed.rows).toHaveLength(ROWS_MAX);
    expect(feed.rows[0]?.sequence).toBe(BigInt(ROWS_MAX + 7));
    expect(feed.rows.at(-1)?.sequence).toBe(8n);
    expect(feed.seenCount).toBe(ROWS_MAX + 7);
  });

  it('at or below the position are dropped, and leave the balance alone', () => {
    const feed = applyAll(
      EMPTY_FEED,
      watching('', 2, { user1: 100n }),
      rows(0, 2, [transaction(1), transaction(2)]),
      rows(0, 3, [transaction(1), transaction(2), transaction(3)]),
    );
    expect(sequences(feed)).toEqual([3, 2, 1]);
    expect(feed.balances.get('user1')).toBe(85n);
  });

  it('twice within one frame count once', () => {
    const feed = applyAll(EMPTY_FEED, watching('', 1), rows(0, 1, [transaction(1), transaction(1)]));
    expect(sequences(feed)).toEqual([1]);
  });
});

describe('gap', () => {
  it.each([rows(4, 5, [transaction(5)]), progress(4, 5)])('is a frame that starts beyond the position', (frame) => {
    const before = applyAll(EMPTY_FEED, watching('', 3), rows(0, 3, [transaction(3)]));
    expect(applyFrame(before, frame)).toEqual({ feed: before, verdict: 'gap' });
  });

  it('is not a frame that starts before the position', () => {
    const before = applyAll(EMPTY_FEED, watching('', 3), rows(0, 3, [transaction(3)]));
    expect(applyFrame(before, rows(1, 4, [transaction(4)])).verdict).toBe('applied');
  });
});

describe('balances', () => {
  it('prefer what a row says over arithmetic', () => {
    const feed = applyAll(
      EMPTY_FEED,
      watching('', 2, { user1: 100n }),
      rows(0, 1, [transaction(1, { fromBalance: 42n })]),
    );
    expect(feed.balances.get('user1')).toBe(42n);
  });

  it('add and subtract where rows carry none, beyond 2^53', () => {
    const large = 9007199254740993n;
    const feed = applyAll(
      EMPTY_FEED,
      watching('', 3, { user1: large }),
      rows(0, 2, [transaction(1), transaction(2, { fromAccount: 'user3', toAccount: 'user1', amount: 1n })]),
    );
    expect(feed.balances.get('user1')).toBe(large - 4n);
  });

  it('of others are not kept', () => {
    const feed = applyAll(EMPTY_FEED, watching('', 1, { user1: 5n }), rows(0, 1, [transaction(1, { toBalance: 9n })]));
    expect([...feed.balances.keys()]).toEqual(['user1']);
  });

  it('come from `watching` only where it starts at the position', () => {
    const before = applyAll(EMPTY_FEED, watching('', 2, { user1: 10n }), rows(0, 2, [transaction(2)]));
    expect(applyAll(before, watching(cursor(1), 2, { user1: 10n })).balances.get('user1')).toBe(5n);
    expect(applyAll(before, watching(cursor(2), 2, { user1: 7n })).balances.get('user1')).toBe(7n);
  });
});

describe('live', () => {
  it('begins at once on an empty ledger', () => {
    expect(applyAll(EMPTY_FEED, watching('', 0)).live).toBe(true);
  });

  it('begins when the server says so, or when the head of the watch is reached', () => {
    const started = applyAll(EMPTY_FEED, watching('', 4));
    expect(started.live).toBe(false);
    expect(applyAll(started, rows(0, 2, [transaction(2)])).live).toBe(false);
    expect(applyAll(started, rows(0, 2, [transaction(2)], true)).live).toBe(true);
    expect(applyAll(started, progress(0, 4)).live).toBe(true);
  });

  it('ends with the connection; rows after the first catch-up are fresh', () => {
    const feed = applyAll(EMPTY_FEED, watching('', 2), rows(0, 2, [transaction(2)]), rows(2, 3, [transaction(3)], true));
    expect(feed.freshAfter).toBe(2n);
    expect(disconnected(feed)).toMatchObject({ live: false, freshAfter: 2n });
  });
});

// A server that cuts its log at random, repeats frames, loses frames and breaks
// the connection. Whatever it does, the reader ends up with its rows, each once.
describe('through random cuts, repeats and losses', () => {
  const LOG_LENGTH = 300;
  const START = 1000n;

  function randomLog(random: () => number): Transaction[] {
    const pick = () => `user${1 + Math.floor(random() * 4)}`;
    return Array.from({ length: LOG_LENGTH }, (_, index) => {
      const fromAccount = pick();
      let toAccount = pick();
      while (toAccount === fromAccount) toAccount = pick();
      return transaction(index + 1, { fromAccount, toAccount, amount: BigInt(1 + Math.floor(random() * 50)) });
    });
  }

  const takesPart = (row: Transaction) => row.fromAccount === 'user1' || row.toAccount === 'user1';
  const balanceAt = (log: readonly Transaction[], sequence: bigint) =>
    log
      .filter((row) => row.sequence <= sequence && takesPart(row))
      .reduce((sum, row) => (row.fromAccount === 'user1' ? sum - row.amount : sum + row.amount), START);

  function run(seed: number): { feed: Feed; log: Transaction[]; gaps: number } {
    const random = seededRandom(seed);
    const log = randomLog(random);
    let feed = EMPTY_FEED;
    let gaps = 0;
    let served = 0;
    const watch = () => {
      served = Number(sequenceOfCursor(feed.cursor));
      feed = applyAll(feed, watching(feed.cursor, LOG_LENGTH, { user1: balanceAt(log, feed.sequence) }));
    };
    watch();
    while (feed.sequence < LOG_LENGTH) {
      if (served >= LOG_LENGTH) watch();
      const until = Math.min(LOG_LENGTH, served + 1 + Math.floor(random() * 20));
      // A repeat starts somewhere before what was served last.
      const after = random() < 0.3 ? Math.floor(random() * (served + 1)) : served;
      served = until;
      if (random() < 0.2) continue;
      const seen = log.slice(after, until).filter(takesPart);
      const frame = seen.length === 0 ? progress(after, until) : rows(after, until, seen);
      const step = applyFrame(feed, frame);
      feed = step.feed;
      if (step.verdict === 'gap') gaps += 1;
      if (step.verdict === 'gap' || random() < 0.05) watch();
    }
    return { feed, log, gaps };
  }

  it('shows every row once, in order, with the right balance', () => {
    let gaps = 0;
    for (let seed = 1; seed <= 200; seed += 1) {
      const outcome = run(seed);
      gaps += outcome.gaps;
      const expected = outcome.log.filter(takesPart).map((row) => Number(row.sequence)).reverse();
      expect(sequences(outcome.feed), `seed ${seed}`).toEqual(expected);
      expect(outcome.feed.balances.get('user1'), `seed ${seed}`).toBe(balanceAt(outcome.log, BigInt(LOG_LENGTH)));
    }
    expect(gaps, 'the runs met gaps at all').toBeGreaterThan(200);
  });
});
