import { describe, expect, it } from 'vitest';
import { AccountBook, Movers } from '../src/model/accounts';
import { BalanceHistory, Buckets } from '../src/model/series';
import { LedgerStore } from '../src/model/store';
import { START_MS, transaction } from './fakes';

const account = (name: string, balance: bigint) => ({
  name,
  displayName: '',
  department: 'd',
  currency: 'PTS',
  balance,
  createTime: '',
  noMinimum: false,
});

describe('Buckets', () => {
  it('counts by time and forgets what is too old', () => {
    const buckets = new Buckets(1000, 5);
    for (const second of [1, 1, 3, 9]) buckets.add(second * 1000, 10, 'PTS');
    expect(buckets.read(10_000, 'PTS')).toEqual({ times: [6, 7, 8, 9], counts: [0, 0, 0, 1], volumes: [0, 0, 0, 10] });
    buckets.add(2000, 10, 'PTS');
    expect(buckets.read(10_000, 'PTS').counts).toEqual([0, 0, 0, 1]);
    expect(buckets.rate(10_000, 2)).toBe(0.5);
    expect(buckets.read(60_000, 'PTS').counts).toEqual([0, 0, 0, 0]);
  });

  it('keeps currencies apart, and not too many of them', () => {
    const buckets = new Buckets(1000, 5, 1, 2);
    for (const currency of ['A', 'B', 'C']) buckets.add(1000, 7, currency);
    expect(buckets.currencies).toEqual(['A', 'B']);
    expect(buckets.read(2000, 'A').volumes.at(-1)).toBe(7);
    expect(buckets.read(2000, 'C').counts.at(-1)).toBe(3);
  });
});

describe('BalanceHistory', () => {
  it('stays bounded, in order, and ends with the newest', () => {
    const history = new BalanceHistory(100);
    for (let step = 0; step < 10_000; step += 1) history.add(START_MS + step * 10, step);
    expect(history.times.length).toBeLessThanOrEqual(100);
    expect(history.times.length).toBeGreaterThan(30);
    expect(history.balances.at(-1)).toBe(9999);
    expect(history.balances[0]).toBe(0);
    expect([...history.times].sort((a, b) => a - b)).toEqual(history.times);
  });
});

describe('AccountBook', () => {
  it('believes a transaction rather than a list that was asked for before it', () => {
    const book = new AccountBook();
    book.beginLoad();
    book.apply(transaction(1, { fromBalance: 9n, toBalance: 11n }));
    book.load(account('user1', 10n));
    book.load(account('user3', 5n));
    expect(book.get('user1')).toMatchObject({ balance: 9n, department: 'd' });
    expect(book.get('user3')?.balance).toBe(5n);
    book.beginLoad();
    book.load(account('user1', 8n));
    expect(book.get('user1')?.balance).toBe(8n);
  });

  it('leaves accounts alone whose balance it is not told', () => {
    const book = new AccountBook();
    book.apply(transaction(1, { toBalance: 11n }));
    expect(book.all().map(({ name }) => name)).toEqual(['user2']);
  });
});

describe('Movers', () => {
  it('sums changes, biggest first either way, and lets go of them after their time', () => {
    const movers = new Movers(2);
    movers.add(transaction(1, { amount: 5n }), START_MS);
    movers.add(transaction(2, { amount: 7n, fromAccount: 'user2', toAccount: 'user3' }), START_MS + 60_000);
    const changes = (nowMs: number) => movers.biggest(5, nowMs).map(({ name, change }) => [name, change]);
    expect(changes(START_MS + 60_000)).toEqual([['user3', 7n], ['user1', -5n], ['user2', -2n]]);
    expect(changes(START_MS + 120_000)).toEqual([['user2', -7n], ['user3', 7n]]);
    expect(changes(START_MS + 180_000)).toEqual([]);
  });
});

describe('LedgerStore', () => {
  const batch = (from: number, to: number, live = true) => ({
    transactions: Array.from({ length: to - from + 1 }, (_, index) =>
      transaction(from + index, { fromBalance: BigInt(1000 - from - index) }),
    ),
    balances: {},
    live,
  });

  it('knows the own balance by transactions where nobody else tells it', () => {
    const store = new LedgerStore();
    store.reset('user1');
    store.apply(batch(1, 3));
    expect(store.balance).toBe(997n);
    store.apply({ transactions: [], balances: { user1: 5n }, live: true });
    expect(store.balance).toBe(5n);
  });

  it('calls fresh only what comes after it was live', () => {
    const store = new LedgerStore();
    store.reset('user1');
    store.apply(batch(1, 3, false));
    store.apply(batch(4, 5));
    expect(store.freshFrom).toBe(5);
    store.apply(batch(6, 6));
    expect(store.freshFrom).toBe(5);
  });

  it('keeps a bounded number of rows and finds the newest by id', () => {
    const store = new LedgerStore(100);
    store.reset('user1');
    for (let from = 1; from <= 10_000; from += 100) store.apply(batch(from, from + 99));
    expect([store.log.size, store.seenCount]).toEqual([100, 10_000]);
    expect(store.findRecent('id-10000')?.sequence).toBe(10_000n);
    expect(store.findRecent('id-1')).toBeUndefined();
  });

  it('takes older rows in front', () => {
    const store = new LedgerStore(5);
    store.reset('user1');
    store.apply(batch(10, 11));
    expect(store.prepend([...batch(6, 9).transactions].reverse())).toBe(false);
    expect([store.log.oldest?.sequence, store.log.size]).toEqual([7n, 5]);
    expect(store.history.balances).toEqual([993, 992, 991, 990, 989]);
  });
});
