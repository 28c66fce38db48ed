// Tests the built TypeScript client (edge/client) against the real edge, over every transport and through network
// failures.

import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import WebSocket from 'ws';
import { connect, passwordTokens } from '../../edge/client/dist/index.js';
import { Gate } from './gate.mjs';
import { checkRecord, readHistory } from './history.mjs';
import { Proxy } from './proxy.mjs';
import { random } from './random.mjs';
import { Record } from './record.mjs';
import { ADMIN, passwordOf, Stack } from './stack.mjs';
import { waitUntil, within } from './waiting.mjs';

const WAIT_TIMEOUT_MS = 60_000;
const TRANSPORTS = ['websocket', 'sse', 'poll'];

let stack;
const clients = [];

before(async () => {
  stack = await Stack.startWithAccounts(['ann', 'bob'], {
    // Short, so that a slow test sees tokens expire, but longer than the wait for an event stream.
    serviceFlags: ['--access-token-seconds=7'],
    edgeFlags: ['--progress-interval-ms=500', '--reconnect-spread-ms=500', '--drain-timeout-ms=500'],
  });
});
after(() => stack?.stop());
afterEach(() => clients.splice(0).forEach((client) => client.close()));

function clientOf(username, { url = stack.edge.url, ...options } = {}) {
  const password = username === ADMIN.username ? ADMIN.password : passwordOf(username);
  // The sign-in goes directly to the edge, even if a test puts a gate in between.
  const token = passwordTokens({ url: stack.edge.url, username, password });
  const client = connect({ url, token, WebSocket, ...options });
  clients.push(client);
  return client;
}

const asJson = (value) => JSON.parse(JSON.stringify(value, (key, item) => (typeof item === 'bigint' ? String(item) : item)));

/** Follows the log with `client` into a record, by the contract's rule. */
function follow(client, name, { onBatch = () => {}, ...options } = {}) {
  const record = new Record(name, options.after === 'now' ? '' : options.after);
  const watch = client.watch(options);
  const ended = watch.forEach(async (batch) => {
    record.beginAt(batch.after);
    record.accept(asJson(batch));
    await onBatch(batch);
  });
  ended.catch((error) => record.fail(error));
  return { record, watch, ended };
}

const newest = async () => (await readHistory(stack.postgres)).length;
const live = (client) => waitUntil('the client to be live', () => client.status.state === 'live', WAIT_TIMEOUT_MS);

/** Checks that a record equals the ledger as that member may see it. */
async function check(record, viewer) {
  const history = await readHistory(stack.postgres);
  await record.waitForSequence(history.length);
  checkRecord(record, history, { viewer, isAdmin: viewer === ADMIN.username });
}

for (const transport of TRANSPORTS) {
  describe(transport, () => {
    test('follows from the beginning, posts, and proves its copy', async () => {
      const client = clientOf('ann', { transports: [transport] });
      const proof = client.proof();
      const { record } = follow(client, `ann by ${transport}`, { onBatch: (batch) => proof.add(batch) });
      await live(client);
      assert.equal(client.status.transport, transport);
      const posted = await client.createTransaction({ fromAccount: 'ann', toAccount: 'bob', amount: 3n, description: 'Tea', metadata: { ä: 'ö' } });
      assert.deepEqual([posted.description, posted.metadata, posted.amount], ['Tea', { ä: 'ö' }, 3n]);
      await check(record, 'ann');
      const { until, count } = await proof.verify();
      assert.equal(until, record.cursor);
      assert.equal(Number(count), record.rows.length);
      const { balance } = await client.getAccount('ann', { at: until });
      assert.equal(balance, posted.fromBalance);
      const { transactions } = await client.listTransactions({ orderBy: 'sequence desc', pageSize: 1 });
      assert.deepEqual(transactions, [posted]);
    });

    test('loses and repeats nothing, and posts once, however often its connection is cut and its token ends', async () => {
      const gate = await Gate.open({ host: '127.0.0.1', port: Number(new URL(stack.edge.url).port) });
      try {
        const before = await newest();
        const client = clientOf('ann', { url: gate.url, transports: [transport] });
        const { record } = follow(client, `ann by ${transport} through a gate`);
        const posting = Array.from({ length: 40 }, (_, n) => client.createTransaction({ fromAccount: 'ann', toAccount: 'bob', amount: 1n, description: `number ${n}` }));
        let isPosted = false;
        const posted = Promise.all(posting).finally(() => (isPosted = true));
        const started = Date.now();
        // Lasts until at least one token has expired.
        await waitUntil('the cuts to be over', () => {
          if (random(12) === 0) gate.cut();
          if (random(40) === 0) gate.delay(20);
          if (random(40) === 0) gate.pass();
          return isPosted && Date.now() - started > 9_000;
        }, WAIT_TIMEOUT_MS);
        gate.pass();
        const sequences = (await posted).map(({ sequence }) => sequence);
        assert.equal(new Set(sequences).size, posting.length);
        assert.equal(await newest(), before + posting.length);
        await check(record, 'ann');
      } finally {
        await gate.close();
      }
    });

    test('goes on after the edge was away, when it was asked to', async () => {
      const client = clientOf(ADMIN.username, { transports: [transport] });
      const { record } = follow(client, `admin by ${transport}`);
      await live(client);
      await stack.edge.stop();
      const posting = client.createTransaction({ fromAccount: 'admin', toAccount: 'ann', amount: 1n });
      stack.edge.start();
      await within('the transfer to be posted', posting, WAIT_TIMEOUT_MS);
      await check(record, ADMIN.username);
    });

    test('takes what a slow consumer can hold, and misses nothing', async () => {
      const client = clientOf(ADMIN.username, { transports: [transport] });
      let isReading = false;
      const { record } = follow(client, `a slow admin by ${transport}`, {
        bufferTransactionsMax: 5,
        onBatch: () => waitUntil('the consumer to read', () => isReading, WAIT_TIMEOUT_MS),
      });
      const other = clientOf(ADMIN.username);
      await Promise.all(Array.from({ length: 30 }, () => other.createTransaction({ fromAccount: 'admin', toAccount: 'bob', amount: 1n })));
      isReading = true;
      await check(record, ADMIN.username);
    });
  });
}

test('falls back to events and to polls behind proxies, and returns to sockets when they pass', async () => {
  const proxy = await Proxy.open(stack.edge.url);
  try {
    proxy.letsSocketsThrough = false;
    const client = clientOf('ann', { url: proxy.url });
    const { record } = follow(client, 'ann behind a proxy');
    const by = (transport) => waitUntil(`${transport} to be live`, () => client.status.state === 'live' && client.status.transport === transport, WAIT_TIMEOUT_MS);
    await by('sse');
    await client.createTransaction({ fromAccount: 'ann', toAccount: 'bob', amount: 1n });
    await check(record, 'ann');
    proxy.holdsAnswers = true;
    proxy.cut();
    await by('poll');
    await client.createTransaction({ fromAccount: 'ann', toAccount: 'bob', amount: 1n });
    await check(record, 'ann');
    proxy.letsSocketsThrough = true;
    await by('websocket');
    await client.createTransaction({ fromAccount: 'ann', toAccount: 'bob', amount: 1n });
    await check(record, 'ann');
  } finally {
    await proxy.close();
  }
});

test('the same id is posted once, whichever way it goes, and with other content refused', async () => {
  const client = clientOf('ann');
  const transfer = { id: '0190b5a0-0000-7000-8000-000000000001', fromAccount: 'ann', toAccount: 'bob', amount: 2n };
  const byHttp = await client.createTransaction(transfer);
  const { watch, ended } = follow(client, 'ann', { after: 'now' });
  await live(client);
  const [first, second] = await Promise.all([client.createTransaction(transfer), client.createTransaction(transfer)]);
  assert.deepEqual([first, second], [byHttp, byHttp]);
  const refused = { code: 'ALREADY_EXISTS', reason: 'TRANSACTION_EXISTS' };
  await assert.rejects(client.createTransaction({ ...transfer, amount: 3n }), refused);
  await assert.rejects(client.createTransaction({ ...transfer, id: 'no UUID' }), { code: 'INVALID_ARGUMENT', reason: 'INVALID_FIELD' });
  watch.stop();
  await ended;
  await assert.rejects(client.createTransaction({ ...transfer, id: '0190b5a0-0000-7000-8000-000000000002', amount: 10n ** 12n }), { reason: 'INSUFFICIENT_FUNDS' });
});

test('a copy that lacks a row does not pass', async () => {
  const client = clientOf(ADMIN.username);
  const proof = client.proof();
  let isDropped = false;
  follow(client, 'admin', {
    onBatch: ({ transactions, cursor }) => {
      proof.add({ transactions: isDropped ? transactions : transactions.slice(1), cursor });
      isDropped ||= transactions.length > 0;
    },
  });
  await live(client);
  await assert.rejects(proof.verify(), { code: 'DATA_LOSS', reason: 'COPY_DIFFERS' });
});

test('a cursor of another ledger makes the copy void', async () => {
  const client = clientOf('ann');
  const elsewhere = '0123456789abcdef.0123456789abcdef.1';
  await assert.rejects(client.watch({ after: elsewhere }).next(), { reason: 'CURSOR_UNKNOWN' });
  const resyncs = [];
  const record = new Record('ann');
  const ended = client.watch({ after: elsewhere, onResync: ({ reason }) => void resyncs.push(reason) }).forEach((batch) => record.accept(asJson(batch)));
  await check(record, 'ann');
  assert.deepEqual(resyncs, ['CURSOR_UNKNOWN']);
  client.close();
  await ended;
});

test('names the leg of the way that is broken, over every transport', async () => {
  const gate = await Gate.open({ host: '127.0.0.1', port: Number(new URL(stack.edge.url).port) });
  try {
    const watching = TRANSPORTS.map((transport) => clientOf('ann', { url: gate.url, transports: [transport] }));
    watching.forEach((client, n) => follow(client, `ann by ${TRANSPORTS[n]}`));
    await Promise.all(watching.map(live));
    const all = (leg) =>
      waitUntil(`all to say that ${leg ?? 'nothing'} is broken`, async () => {
        const legs = await Promise.all(watching.map((client) => client.check()));
        return legs.every((one) => one === leg);
      }, WAIT_TIMEOUT_MS);
    await all(undefined);
    await stack.postgres.kill();
    await all('database');
    await stack.postgres.start();
    await all(undefined);
    await stack.service.kill();
    await all('service');
    stack.service.start();
    await all(undefined);
    gate.refuse();
    await all('edge');
    gate.pass();
    await all(undefined);
  } finally {
    await gate.close();
  }
});
