// Tests requests with one answer, over the socket or without it, through breaks of any kind.

import { beforeEach, describe, expect, it } from 'vitest';
import { LedgercastError } from '../src/index.js';
import { Bench } from './bench.js';
import { refusal } from './fakeHttp.js';

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const TRANSFER = { fromAccount: 'user1', toAccount: 'other2', amount: 5n };

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

/** Records the result of a promise. */
function watchOver<T>(promise: Promise<T>): { value?: T; error?: unknown } {
  const outcome: { value?: T; error?: unknown } = {};
  promise.then(
    (value) => (outcome.value = value),
    (error: unknown) => (outcome.error = error),
  );
  return outcome;
}

describe('createTransaction', () => {
  it('goes over the socket that is there, in minor units up to the largest amount', async () => {
    await bench.follow();
    const amount = 2n ** 53n - 1n;
    const outcome = watchOver(bench.client.createTransaction({ ...TRANSFER, amount, metadata: { order: '7' } }));
    await bench.settle();
    expect(outcome.value).toMatchObject({ sequence: 1n, amount });
    expect(bench.socket.last('createTransaction')?.data).toMatchObject({ amount: '9007199254740991', metadata: { order: '7' } });
    expect(bench.edge.http.requests).toEqual([]);
  });

  it('goes over HTTP where there is none, with a UUIDv7 as its key', async () => {
    const outcome = watchOver(bench.client.createTransaction(TRANSFER));
    await bench.settle();
    expect(outcome.value?.id).toMatch(UUID_V7);
    expect(bench.edge.http.requests).toEqual(['POST /v1/transactions']);
  });

  it('is posted once when the answer is lost, again and again', async () => {
    await bench.follow();
    bench.edge.faults.latencyMaxMs = 50;
    const outcome = watchOver(bench.client.createTransaction({ ...TRANSFER, amount: 7n }));
    for (let n = 0; n < 10; n += 1) {
      await bench.advance(40);
      bench.edge.cut();
    }
    await bench.advance(60_000);
    expect(outcome.value?.amount).toBe(7n);
    expect(bench.edge.log.countOf('7')).toBe(1);
  });

  describe.each(['', null, undefined])('with %j as its id', (id) => {
    const transfer = { ...TRANSFER, amount: 7n, id: id as string };

    it('is posted once when answers over the socket are lost', async () => {
      await bench.follow();
      const outcome = watchOver(bench.client.createTransaction(transfer));
      // It is posted at this moment, and the edge's answer gets lost.
      bench.edge.clock.setTimer(() => bench.edge.cut(), 0);
      await bench.advance(60_000);
      expect(bench.edge.log.countOf('7')).toBe(1);
      expect(outcome.value?.id).toMatch(UUID_V7);
    });

    it('is posted once when answers over HTTP are lost', async () => {
      bench.edge.faults.latencyMaxMs = 50;
      const outcome = watchOver(bench.client.createTransaction(transfer));
      for (let n = 0; n < 10; n += 1) {
        await bench.advance(40);
        bench.edge.cut();
      }
      await bench.advance(60_000);
      expect(bench.edge.log.countOf('7')).toBe(1);
      expect(outcome.value?.id).toMatch(UUID_V7);
    });

    it('says one and the same id in the header and in the body', async () => {
      const sent: RequestInit[] = [];
      bench = new Bench({ fetch: (url, init) => (sent.push(init), bench.edge.http.fetch(url, init)) });
      await Promise.all([bench.client.createTransaction(transfer), bench.settle()]);
      const [{ headers, body } = {}] = sent;
      const key = new Headers(headers).get('idempotency-key');
      expect(key).toMatch(UUID_V7);
      expect(JSON.parse(String(body))).toMatchObject({ id: key });
    });
  });

  it('goes by HTTP where it is too long for a frame', async () => {
    await bench.follow();
    const outcome = watchOver(bench.client.createTransaction({ ...TRANSFER, description: 'x'.repeat(20_000) }));
    await bench.settle();
    expect(outcome.value?.sequence).toBe(1n);
    expect(bench.socket.count('createTransaction')).toBe(0);
  });

  it('asks no more of a socket at once than the edge takes', async () => {
    await bench.follow();
    const outcomes = Array.from({ length: 20 }, () => watchOver(bench.client.createTransaction(TRANSFER)));
    await bench.settle();
    expect(outcomes.filter(({ value }) => value !== undefined)).toHaveLength(20);
    expect(bench.socket.count('createTransaction')).toBe(16);
    expect(bench.edge.http.count('POST /v1/transactions')).toBe(4);
  });

  it.each([0n, -1n, 2n ** 53n, 5 as unknown as bigint])('refuses %s as an amount before anything is sent', async (amount) => {
    await bench.follow();
    await expect(bench.client.createTransaction({ ...TRANSFER, amount })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', reason: 'INVALID_FIELD' });
    expect(bench.socket.count('createTransaction')).toBe(0);
  });

  it('fails as the server says, by socket and by HTTP', async () => {
    await bench.follow();
    const bySocket = watchOver(bench.client.createTransaction({ ...TRANSFER, id: 'socket' }));
    bench.socket.tell({ state: 'error', id: 'request-1', error: { code: 'FAILED_PRECONDITION', reason: 'INSUFFICIENT_FUNDS', message: 'too little', metadata: { account: 'user1' } } });
    await bench.settle();
    bench.watch!.stop();
    bench.edge.http.answers.push(() => refusal(400, 'FAILED_PRECONDITION', 'INSUFFICIENT_FUNDS', { account: 'user1' }));
    const byHttp = watchOver(bench.client.createTransaction(TRANSFER));
    await bench.settle();
    for (const { error } of [bySocket, byHttp]) {
      expect(error).toBeInstanceOf(LedgercastError);
      expect(error).toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'INSUFFICIENT_FUNDS', metadata: { account: 'user1' }, isUndecided: false });
    }
  });

  it('that the edge could not read does not end the watch', async () => {
    await bench.follow();
    const outcome = watchOver(bench.client.createTransaction({ ...TRANSFER, id: 'bad' }));
    bench.socket.tell({ state: 'error', id: 'request-1', error: { code: 'INVALID_ARGUMENT', reason: 'INVALID_FIELD', message: 'no UUID' } });
    await bench.settle();
    await bench.drop(4400);
    expect(outcome.error).toMatchObject({ code: 'INVALID_ARGUMENT' });
    await bench.advance(1_000);
    expect(bench.state).toBe('live');
  });
});

describe('patience', () => {
  it('is without end, where the caller names none', async () => {
    bench.edge.faults.isOffline = true;
    const outcome = watchOver(bench.client.createTransaction(TRANSFER));
    await bench.advance(3_600_000);
    expect(outcome).toEqual({});
    bench.edge.heal();
    await bench.advance(60_000);
    expect(outcome.value?.sequence).toBe(1n);
  });

  it('ends at the time that the caller names, undecided', async () => {
    bench.edge.faults.isOffline = true;
    const outcome = watchOver(bench.client.createTransaction(TRANSFER, { timeoutMs: 20_000 }));
    await bench.advance(19_999);
    expect(outcome).toEqual({});
    await bench.advance(1);
    expect(outcome.error).toMatchObject({ code: 'DEADLINE_EXCEEDED', reason: 'TIMEOUT', isUndecided: true });
    expect(bench.edge.clock.pendingTimers).toBe(0);
  });

  it('ends with the caller’s signal, and with the client', async () => {
    bench.edge.faults.isOffline = true;
    const controller = new AbortController();
    const first = watchOver(bench.client.listTransactions({}, { signal: controller.signal }));
    const second = watchOver(bench.client.listTransactions());
    await bench.settle();
    controller.abort(new Error('the user left'));
    await bench.settle();
    expect(first.error).toMatchObject({ message: 'the user left' });
    bench.client.close();
    await bench.settle();
    expect(second.error).toMatchObject({ code: 'CANCELLED' });
    await expect(bench.client.listTransactions()).rejects.toMatchObject({ code: 'CANCELLED' });
    expect(bench.edge.clock.pendingTimers).toBe(0);
  });

  it('outlasts a busy server and a token that ran out', async () => {
    bench.edge.http.answers.push(
      () => refusal(429, 'RESOURCE_EXHAUSTED', 'TOO_BUSY'),
      () => new Response('<h1>Bad gateway</h1>', { status: 502 }),
      () => refusal(401, 'UNAUTHENTICATED', 'TOKEN_EXPIRED'),
    );
    const outcome = watchOver(bench.client.createTransaction(TRANSFER));
    await bench.advance(10_000);
    expect(outcome.value?.sequence).toBe(1n);
    expect(bench.edge.tokensGiven).toBe(2);
  });

  it('does not outlast a server that refuses every token', async () => {
    const refused = (): Response => refusal(401, 'UNAUTHENTICATED', 'TOKEN_INVALID');
    bench.edge.http.answers.push(refused, refused);
    const outcome = watchOver(bench.client.createTransaction(TRANSFER));
    await bench.advance(60_000);
    expect(outcome.error).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TOKEN_INVALID' });
  });
});

it('takes amounts and sequences as bigint, and what is left out as its default', async () => {
  bench.edge.http.answers.push(() => new Response(JSON.stringify({ name: 'user1', balance: '9007199254740993', currency: 'PTS' })));
  expect(await Promise.all([bench.client.getAccount('user1'), bench.settle()])).toEqual([
    { name: 'user1', displayName: '', department: '', currency: 'PTS', balance: 9007199254740993n, createTime: '', noMinimum: false },
    undefined,
  ]);
});
