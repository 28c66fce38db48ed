import { Client, LedgercastError } from '@ledgercast/client';
import type { Batch, Transaction } from '@ledgercast/client';
import { describe, expect, it } from 'vitest';
import { Copy } from '../src/model/copy';
import { LedgerStore } from '../src/model/store';
import { transaction } from './fakes';

/** Makes the part of a client that a copy uses. `ledger` holds all transactions. */
function serve(ledger: Transaction[]) {
  const asked: string[] = [];
  const client = {
    listTransactions: async ({ pageToken = '', pageSize = 0 }: { pageToken?: string; pageSize?: number }) => {
      asked.push(pageToken);
      const below = pageToken === '' ? Infinity : Number(pageToken);
      const older = ledger.filter(({ sequence }) => sequence < below).reverse();
      const page = older.slice(0, pageSize);
      return { transactions: page, nextPageToken: older.length > page.length ? String(page.at(-1)!.sequence) : '' };
    },
    proof: () => ({ add: () => undefined, verify: async () => ({ after: '', until: '', count: 3n }) }),
  };
  const store = new LedgerStore();
  store.reset('user1');
  return { copy: new Copy(client as unknown as Client, store), store, asked };
}

const upTo = (last: number, first = 1): Transaction[] =>
  Array.from({ length: last - first + 1 }, (_, index) => transaction(first + index));

const batch = (after: number, transactions: Transaction[] = []): Batch => ({
  transactions,
  after: `l.c.${after}`,
  cursor: `l.c.${after + transactions.length}`,
  live: true,
  balances: {},
});

const sequencesOf = ({ log }: LedgerStore) =>
  Array.from({ length: log.size }, (_, index) => Number(log.at(log.start + index)!.sequence));

describe('Copy', () => {
  it('reads a small ledger whole', async () => {
    const { copy, store } = serve(upTo(5));
    expect(await copy.begin()).toBe('');
    expect(store.log.size).toBe(0);
    expect(copy.hasOlder).toBe(false);
  });

  it('shows the newest page of a large one, bridges what came meanwhile, and fetches older ones', async () => {
    const ledger = upTo(30_000);
    const { copy, store } = serve(ledger);
    expect(await copy.begin()).toBe('now');
    expect(store.log.newest?.sequence).toBe(30_000n);
    ledger.push(...upTo(30_010, 30_001));
    await copy.take(batch(30_007));
    await copy.take(batch(30_007, upTo(30_010, 30_008)));
    await copy.loadOlder();
    const expected = Array.from({ length: 2010 }, (_, index) => 28_001 + index);
    expect(sequencesOf(store)).toEqual(expected);
  });

  it('leaves no hole where more came meanwhile than a page holds', async () => {
    const ledger = upTo(30_000);
    const { copy, store } = serve(ledger);
    await copy.begin();
    ledger.push(...upTo(33_000, 30_001));
    await copy.take(batch(33_000));
    await copy.loadOlder();
    expect(sequencesOf(store)).toEqual(Array.from({ length: 2000 }, (_, index) => 31_001 + index));
  });

  it('says of what it is a proof', async () => {
    const small = serve(upTo(3));
    await small.copy.begin();
    await small.copy.take(batch(0, upTo(3)));
    expect(await small.copy.prove()).toMatchObject({ kind: 'proved', count: 3, fromBeginning: true });
    const large = serve(upTo(30_000));
    await large.copy.begin();
    await large.copy.take(batch(30_000));
    expect(await large.copy.prove()).toMatchObject({ fromBeginning: false });
  });

  it('passes on a refusal that stays', async () => {
    const { copy } = serve([]);
    const refusal = new LedgercastError('UNAUTHENTICATED', 'SIGNED_OUT', '');
    Object.assign(copy, { client: { listTransactions: () => Promise.reject(refusal) } });
    await expect(copy.begin()).rejects.toBe(refusal);
  });
});
