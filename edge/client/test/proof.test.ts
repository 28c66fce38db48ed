import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Batch } from '../src/index.js';
import { Bench } from './bench.js';

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

/** Returns the result of `promise`, while the clock runs. */
async function settled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  await bench.settle();
  return promise;
}

async function read(count: number): Promise<Batch[]> {
  bench.edge.post(count);
  if (bench.watch === null) await bench.follow();
  await bench.settle();
  return bench.batches.splice(0);
}

describe('a proof', () => {
  it('is of everything that was added, stretch by stretch', async () => {
    const { log } = bench.edge;
    const proof = bench.client.proof();
    for (const batch of await read(10)) proof.add(batch);
    expect(await settled(proof.verify())).toEqual({ after: '', until: log.cursor(10), count: 7n });
    for (const batch of await read(5)) proof.add(batch);
    expect(await settled(proof.verify())).toEqual({ after: log.cursor(10), until: log.cursor(15), count: 3n });
    expect(await settled(proof.verify())).toEqual({ after: log.cursor(15), until: log.cursor(15), count: 0n });
    expect(bench.socket.count('digest')).toBe(2);
  });

  it.each([
    ['lacks a transaction', (batch: Batch) => ({ ...batch, transactions: batch.transactions.slice(1) })],
    ['holds another amount', (batch: Batch) => ({ ...batch, transactions: batch.transactions.map((row) => ({ ...row, amount: row.amount + 1n })) })],
    ['holds another id', (batch: Batch) => ({ ...batch, transactions: batch.transactions.map((row) => ({ ...row, id: `${row.id}0` })) })],
  ])('fails where the copy %s', async (_what, change) => {
    const proof = bench.client.proof();
    for (const batch of await read(4)) proof.add(change(batch));
    await expect(settled(proof.verify())).rejects.toMatchObject({ code: 'DATA_LOSS', reason: 'COPY_DIFFERS', metadata: { after: '' } });
  });

  it('does not take a copy that is out of order', async () => {
    const proof = bench.client.proof();
    const [batch] = (await read(4)).filter(({ transactions }) => transactions.length > 0);
    proof.add(batch!);
    expect(() => proof.add(batch!)).toThrow('not in order');
  });

  it('that could not be asked for is asked for again', async () => {
    const proof = bench.client.proof();
    for (const batch of await read(4)) proof.add(batch);
    await bench.drop(4429);
    bench.edge.http.answers.push(() => new Response('{}', { status: 400 }));
    await expect(settled(proof.verify())).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    for (const batch of await read(4)) proof.add(batch);
    await bench.advance(20_000);
    for (const batch of bench.batches) proof.add(batch);
    expect(await settled(proof.verify())).toEqual({ after: '', until: bench.edge.log.cursor(8), count: 6n });
  });

  it('hashes as everybody does', async () => {
    const proof = bench.client.proof();
    const rows = (await read(100)).flatMap(({ transactions }) => transactions);
    proof.add({ transactions: rows, cursor: 'ledger.check.100' });
    await settled(proof.verify());
    const lines = rows.map(({ sequence, id, fromAccount, toAccount, amount, currency }) => `${sequence} ${id} ${fromAccount} ${toAccount} ${amount} ${currency}\n`);
    expect(bench.edge.log.digest('', '').sha256).toBe(createHash('sha256').update(lines.join('')).digest('hex'));
  });
});
