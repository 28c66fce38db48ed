// Tests the edge's three ways to follow the log. WebSocket, server-sent events and long polls give the same rows by
// the same rules, and a cursor of one works with the others.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { Events, queryOf } from './events.mjs';
import { gaugeOf } from './exposition.mjs';
import { Gate } from './gate.mjs';
import { checkHashes, checkRecord, readHistory } from './history.mjs';
import { get } from './http.mjs';
import { TRANSPORTS } from './readers.mjs';
import { parseCursor } from './record.mjs';
import { Stack } from './stack.mjs';
import { waitUntil } from './waiting.mjs';

const WAIT_TIMEOUT_MS = 20_000;
const OTHER_LEDGER = '0123456789abcdef.0123456789abcdef.1';

let stack;
let client;
// The gate between the edge and the clients that use it.
let gate;
const token = (name) => stack.token(name);

before(async () => {
  stack = await Stack.startWithAccounts(['ann', 'bob', 'cid'], { edgeFlags: ['--progress-interval-ms=300'] });
  client = stack.client();
  gate = await Gate.open({ host: '127.0.0.1', port: Number(new URL(stack.edge.url).port) });
});
after(async () => {
  await gate?.close();
  await stack?.stop();
});

async function create(request) {
  return client.call('createTransaction', { id: randomUUID(), amount: '1', ...request }, { token: await token('admin') });
}

const newest = async () => (await readHistory(stack.postgres)).length;

for (const [name, Reader] of Object.entries(TRANSPORTS)) {
  const open = (viewer, options = {}, edge = stack.edge) => new Reader(edge, { name: `${viewer} by ${name}`, token: () => token(viewer), ...options }).start();
  const started = (reader) => reader.record.waitFor('where it starts', ({ cursor }) => cursor !== '');

  describe(name, () => {
    test('gets everything from the beginning and what is posted then, each viewer its rows only', async () => {
      const readers = ['admin', 'ann', 'bob', 'cid'].map((viewer) => ({ viewer, reader: open(viewer) }));
      const before = await newest();
      await Promise.all(readers.map(({ reader }) => reader.record.waitForSequence(before)));
      await create({ fromAccount: 'ann', toAccount: 'bob', description: 'seen "live"\n', metadata: { ä: 'ö' } });
      await create({ fromAccount: 'admin', toAccount: 'cid' });
      const history = await readHistory(stack.postgres);
      await Promise.all(readers.map(({ reader }) => reader.record.waitForSequence(history.length)));
      await Promise.all(readers.map(({ reader }) => reader.stop()));
      for (const { viewer, reader } of readers) checkRecord(reader.record, history, { viewer, isAdmin: viewer === 'admin' });
      checkHashes(readers[0].reader.record);
    });

    test('from "now" gets only what is new, from a cursor what came after it', async () => {
      const fromNow = open('admin', { after: 'now' });
      await started(fromNow);
      const { cursor, sequence } = fromNow.record;
      assert.equal(sequence, await newest());
      await create({ fromAccount: 'ann', toAccount: 'bob' });
      await fromNow.record.waitForSequence(sequence + 1);
      const fromCursor = open('admin', { after: cursor });
      await fromCursor.record.waitForSequence(sequence + 1);
      const history = await readHistory(stack.postgres);
      for (const reader of [fromNow, fromCursor]) {
        await reader.stop();
        checkRecord(reader.record, history, { viewer: 'admin', isAdmin: true, after: sequence });
      }
    });

    test('tells an idle member how far it is', async () => {
      const reader = open('cid');
      await create({ fromAccount: 'ann', toAccount: 'bob' });
      await reader.record.waitForSequence(await newest());
      await reader.stop();
    });

    test('shows an admin the accounts that it asks for', async () => {
      const accounts = ['bob', 'cid'];
      const reader = open('admin', { accounts });
      const history = await readHistory(stack.postgres);
      await reader.record.waitForSequence(history.length);
      await reader.stop();
      checkRecord(reader.record, history, { viewer: 'admin', isAdmin: true, accounts });
    });

    test('loses and repeats nothing when its connection is cut again and again', async () => {
      const reader = open('admin', {}, gate);
      for (let n = 0; n < 20; n += 1) {
        await create({ fromAccount: 'ann', toAccount: 'bob' });
        if (n % 4 === 1) gate.cut();
        if (n === 8) gate.trickle(20_000);
        if (n === 14) gate.pass();
      }
      gate.pass();
      const history = await readHistory(stack.postgres);
      await reader.record.waitForSequence(history.length);
      await reader.stop();
      checkRecord(reader.record, history, { viewer: 'admin', isAdmin: true });
    });
  });
}

test('a cursor of one transport is good for the others', async () => {
  let cursor = '';
  for (const Reader of [...Object.values(TRANSPORTS), ...Object.values(TRANSPORTS)]) {
    const reader = new Reader(stack.edge, { name: `ann by ${Reader.name}`, token: () => token('ann'), after: cursor }).start();
    reader.record.cursor = cursor;
    const { sequence } = await create({ fromAccount: 'ann', toAccount: 'bob' });
    await reader.record.waitForSequence(Number(sequence));
    await reader.stop();
    assert.equal(reader.record.rows.at(-1).sequence, sequence);
    if (cursor) assert.equal(reader.record.rows.length, 1);
    cursor = reader.record.cursor;
  }
});

describe('the answer to /v1/events', () => {
  test('is an event stream that nothing on the way holds back or keeps', async () => {
    const events = new Events(stack.edge, { token: await token('ann'), after: 'now' });
    const { status, headers } = await events.head();
    assert.equal(status, 200);
    assert.equal(headers['content-type'], 'text/event-stream');
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['x-accel-buffering'], 'no');
    assert.match(headers['x-request-id'], /^.+$/);
    const watching = await events.next('watching');
    assert.equal(watching.id, watching.data.after);
    assert.deepEqual(Object.keys(watching.data.balances), ['ann']);
    const { sequence } = await create({ fromAccount: 'ann', toAccount: 'bob' });
    await events.until('the transfer', () => events.events.some(({ data }) => data.transactions?.some((row) => row.sequence === sequence)));
    await events.close();
  });

  test('goes on behind Last-Event-ID, whatever the URL still says', async () => {
    const first = new Events(stack.edge, { token: await token('admin'), after: 'now' });
    const { id } = await first.next('watching');
    await first.close();
    const { sequence } = await create({ fromAccount: 'ann', toAccount: 'bob' });
    const second = new Events(stack.edge, { token: await token('admin'), after: '', lastEventId: id });
    // It may be told that it is live before the edge has received the transfer.
    const rows = () => second.events.flatMap(({ data }) => data.transactions ?? []);
    await second.until('a transfer', () => rows().length > 0);
    assert.deepEqual(rows().map((row) => row.sequence), [sequence]);
    await second.close();
  });

  test('tells one with a cursor of another ledger to start again, and ends', async () => {
    const events = new Events(stack.edge, { token: await token('ann'), after: OTHER_LEDGER });
    const { data } = await events.next('resync');
    assert.equal(data.reason, 'CURSOR_UNKNOWN');
    assert.equal(parseCursor(data.head).sequence, await newest());
    await events.ended();
  });
});

/** Sends a request by hand. `received` is everything that came back. */
async function sendByHand(path, afterwards) {
  const socket = connect(Number(new URL(stack.edge.url).port), '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (piece) => (text += piece)).on('error', () => {});
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${await token('ann')}\r\n\r\n`);
  if (afterwards) socket.write(afterwards);
  return { socket, received: () => text };
}

const isOpen = (gauge, count) => async () => (await gaugeOf(stack.edge, gauge)) === count;

for (const [path, gauge] of [['/v1/events?after=now', 'ledgercast_edge_event_streams'], ['/v1/poll?after=now', 'ledgercast_edge_polls']]) {
  test(`${path}: what a client says behind its request changes nothing, and when it leaves it is forgotten at once`, async () => {
    await waitUntil('nobody to be there', isOpen(gauge, 0), WAIT_TIMEOUT_MS);
    const silent = await sendByHand(path);
    const talking = await sendByHand(path, 'GET / HTTP/1.1\r\n\r\n'.repeat(20));
    await waitUntil('both to be there', isOpen(gauge, 2), WAIT_TIMEOUT_MS);
    silent.socket.destroy();
    await waitUntil('one to be forgotten', isOpen(gauge, 1), WAIT_TIMEOUT_MS);
    const { id } = await create({ fromAccount: 'bob', toAccount: 'ann' });
    await waitUntil('the transfer', () => talking.received().includes(id), WAIT_TIMEOUT_MS);
    talking.socket.destroy();
    await waitUntil('the other to be forgotten', isOpen(gauge, 0), WAIT_TIMEOUT_MS);
  });

  test(`${path}: a client that floods it is dropped`, async () => {
    const { socket } = await sendByHand(path);
    await waitUntil('it to be there', isOpen(gauge, 1), WAIT_TIMEOUT_MS);
    socket.write('x'.repeat(1 << 20));
    await waitUntil('it to be dropped', isOpen(gauge, 0), WAIT_TIMEOUT_MS);
    socket.destroy();
  });
}

describe('the answer to /v1/poll', () => {
  const poll = async (fields, by = 'ann') => get(stack.edge, `/v1/poll${queryOf(fields)}`, { token: await token(by) });

  test('is what is there, at once, or nothing when the client has waited', async () => {
    const now = await poll({ after: 'now', wait: 0 });
    assert.deepEqual([now.status, now.body.transactions, now.body.live], [200, [], true]);
    assert.equal(parseCursor(now.body.cursor).sequence, await newest());
    assert.equal(now.headers.get('cache-control'), 'no-store');
    const empty = await poll({ after: now.body.cursor, wait: 1 });
    assert.deepEqual(empty.body, { transactions: [], after: now.body.cursor, cursor: now.body.cursor, live: true });
    const { sequence } = await create({ fromAccount: 'bob', toAccount: 'ann' });
    const full = await poll({ after: now.body.cursor, wait: 0 });
    assert.deepEqual(full.body.transactions.map((row) => row.sequence), [sequence]);
    assert.deepEqual(Object.keys(full.body), ['transactions', 'after', 'cursor', 'live']);
  });

  test('comes as soon as there is something', async () => {
    const { body } = await poll({ after: 'now', wait: 0 });
    const answer = poll({ after: body.cursor, wait: 25 });
    const { sequence } = await create({ fromAccount: 'bob', toAccount: 'ann' });
    assert.deepEqual((await answer).body.transactions.map((row) => row.sequence), [sequence]);
  });

  test('says where the ledger is to one with a cursor of another', async () => {
    const { status, body } = await poll({ after: OTHER_LEDGER });
    assert.deepEqual([status, body.error.code, body.error.reason], [400, 'OUT_OF_RANGE', 'CURSOR_UNKNOWN']);
    assert.equal(parseCursor(body.error.metadata.head).sequence, await newest());
  });

  test('names what is wrong with the query', async () => {
    for (const query of ['?wait=-1', '?wait=soon', '?after=rubbish', '?until=1', '?after=now&after=now']) {
      const { status, body } = await get(stack.edge, `/v1/poll${query}`, { token: await token('ann') });
      assert.deepEqual([status, body.error.code, body.error.reason], [400, 'INVALID_ARGUMENT', 'INVALID_FIELD'], query);
    }
  });
});

for (const path of ['/v1/events', '/v1/poll']) {
  test(`${path} is for those with a good token, and for accounts that are theirs`, async () => {
    const ask = async (query, options) => {
      const { status, body } = await get(stack.edge, path + query, options);
      return [status, body.error.code, body.error.reason];
    };
    assert.deepEqual(await ask('', {}), [401, 'UNAUTHENTICATED', 'TOKEN_MISSING']);
    assert.deepEqual(await ask('', { token: 'rubbish' }), [401, 'UNAUTHENTICATED', 'TOKEN_INVALID']);
    assert.deepEqual(await ask(`?token=${await token('ann')}`, {}), [401, 'UNAUTHENTICATED', 'TOKEN_MISSING']);
    assert.deepEqual(await ask('?accounts=bob', { token: await token('ann') }), [403, 'PERMISSION_DENIED', 'NOT_ALLOWED']);
    assert.deepEqual(await ask('?after=rubbish', { token: await token('ann') }), [400, 'INVALID_ARGUMENT', 'INVALID_FIELD']);
  });
}
