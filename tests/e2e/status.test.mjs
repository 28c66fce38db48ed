// Tests GET /v1/status: who is connected to the edge, and at which position each client is.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { gaugeOf } from './exposition.mjs';
import { get } from './http.mjs';
import { EventsReader, PollReader, SocketReader } from './readers.mjs';
import { Socket } from './socket.mjs';
import { Stack } from './stack.mjs';
import { waitUntil } from './waiting.mjs';

const WAIT_TIMEOUT_MS = 20_000;

let stack;
const token = (name) => stack.token(name);

before(async () => {
  stack = await Stack.startWithAccounts(['ann', 'bob']);
});
after(() => stack?.stop());

const ask = async (query = '', viewer = 'admin') => get(stack.edge, `/v1/status${query}`, { token: await token(viewer) });

async function statusOf(query) {
  const { status, body } = await ask(query);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

/** Returns the only client that the query finds, once it is in `state`. */
const clientOf = (query, state) =>
  waitUntil(`${query} to be ${state}`, async () => (await statusOf(query)).clients.find((client) => client.state === state), WAIT_TIMEOUT_MS);

test('only admins are told', async () => {
  const refusal = async (viewer) => {
    const { status, body } = viewer ? await ask('', viewer) : await get(stack.edge, '/v1/status');
    return [status, body.error.reason];
  };
  assert.deepEqual(await refusal('ann'), [403, 'NOT_ALLOWED']);
  assert.deepEqual(await refusal(undefined), [401, 'TOKEN_MISSING']);
});

test('the edge tells of itself', async () => {
  const { edge, clients, nextPageToken } = await statusOf();
  assert.deepEqual({ ...edge, startTime: '', head: '' }, { startTime: '', upstreamConnected: true, head: '', sockets: '0', eventStreams: '0', polls: '0' });
  assert.ok(Math.abs(Date.now() - Date.parse(edge.startTime)) < 600_000, edge.startTime);
  assert.deepEqual([clients, nextPageToken], [[], '']);
  const head = String(await gaugeOf(stack.edge, 'ledgercast_edge_ring_head'));
  assert.equal(edge.head.split('.').at(-1), head);
});

test('each client is told of, whatever its transport', async () => {
  const socket = new Socket(stack.edge, { token: await token('ann') });
  const from = Date.now();
  await clientOf('?subject=ann', 'authenticated');
  socket.send('watch', { after: 'now' });
  const { cursor } = (await socket.next('transactions')).data;
  socket.send('ack', { cursor });
  const found = await waitUntil('its ack', async () => (await statusOf('?subject=ann')).clients.find(({ acknowledged }) => acknowledged), WAIT_TIMEOUT_MS);
  const { localAddress, localPort } = socket.webSocket._socket;
  const { id, connectTime, expiresAt, ...rest } = found;
  assert.match(id, /^\d+$/);
  assert.ok(Math.abs(Date.parse(connectTime) - from) < 5_000, connectTime);
  assert.ok(Date.parse(expiresAt) > Date.now(), expiresAt);
  assert.deepEqual(rest, {
    subject: 'ann',
    admin: false,
    transport: 'socket',
    address: `${localAddress}:${localPort}`,
    state: 'live',
    watchesAll: false,
    accounts: ['ann'],
    cursor,
    behind: '0',
    queuedBytes: '0',
    unacknowledgedBytes: rest.unacknowledgedBytes,
    acknowledged: cursor,
  });

  const readers = [EventsReader, PollReader].map((Reader) => new Reader(stack.edge, { name: 'bob', token: () => token('bob'), after: 'now', wait: 20 }).start());
  const events = await clientOf('?transport=events', 'live');
  const poll = await clientOf('?transport=poll', 'live');
  for (const client of [events, poll]) {
    assert.deepEqual([client.subject, client.cursor, client.behind], ['bob', cursor, '0']);
    assert.match(client.address, /^127\.0\.0\.1:\d+$/);
  }
  const { edge } = await statusOf();
  assert.deepEqual([edge.sockets, edge.eventStreams, edge.polls], ['1', '1', '1']);
  await Promise.all(readers.map((reader) => reader.stop()));
  await socket.close();
  await waitUntil('all of them to be gone', async () => (await statusOf()).clients.length === 0, WAIT_TIMEOUT_MS);
});

test('whoever does not read is found by how far behind it is', async () => {
  const quick = new SocketReader(stack.edge, { name: 'quick', token: () => token('ann'), after: 'now' }).start();
  const stuck = new Socket(stack.edge, { token: await token('admin') });
  await stuck.opened();
  stuck.send('watch', { after: 'now' });
  await stuck.next('transactions');
  stuck.webSocket.pause();
  const client = stack.client();
  const description = 'x'.repeat(250);
  const first = await waitUntil(
    'the one that does not read to fall behind',
    async () => {
      const requests = Array.from({ length: 500 }, () => ({ fromAccount: 'admin', toAccount: 'bob', amount: '1', description }));
      await client.call('batchCreateTransactions', { requests }, { token: await token('admin') });
      const [{ subject, state, behind, ...rest }] = (await statusOf('?orderBy=behind&pageSize=1')).clients;
      return subject === 'admin' && state === 'catchingUp' && Number(behind) > 0 && rest;
    },
    WAIT_TIMEOUT_MS,
  );
  assert.ok(Number(first.unacknowledgedBytes) > 0, JSON.stringify(first));
  assert.equal(first.watchesAll, true);
  await quick.stop();
  await stuck.close();
});

test('pages have everybody once, from all shards', async () => {
  const sockets = await Promise.all(Array.from({ length: 40 }, async () => new Socket(stack.edge, { token: await token('bob') }).opened()));
  await waitUntil('all of them to be there', async () => (await statusOf('?subject=bob')).clients.length === sockets.length, WAIT_TIMEOUT_MS);
  for (const orderBy of ['connect_time', 'behind']) {
    const ids = [];
    let pageToken = '';
    do {
      const page = await statusOf(`?subject=bob&pageSize=7&orderBy=${orderBy}&pageToken=${pageToken}`);
      assert.ok(page.clients.length <= 7);
      ids.push(...page.clients.map(({ id }) => id));
      pageToken = page.nextPageToken;
    } while (pageToken);
    assert.equal(ids.length, sockets.length);
    assert.equal(new Set(ids).size, sockets.length);
  }
  await Promise.all(sockets.map((socket) => socket.close()));
});

test('a query that cannot be is refused', async () => {
  for (const query of ['?pageSize=-1', '?orderBy=name', '?transport=pigeon', '?pageToken=x', '?color=red']) {
    const { status, body } = await ask(query);
    assert.deepEqual([status, body.error.reason], [400, 'INVALID_FIELD'], query);
  }
});
