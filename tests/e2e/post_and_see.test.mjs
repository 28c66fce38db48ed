// Tests that everyone who may see a posted transfer sees it live, and that nobody else does.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { checkHashes, checkRecord, readHistory } from './history.mjs';
import { get, post } from './http.mjs';
import { RpcReader, SocketReader } from './readers.mjs';
import { Socket } from './socket.mjs';
import { Stack } from './stack.mjs';

let stack;
let client;
const token = (name) => stack.token(name);

before(async () => {
  stack = await Stack.startWithAccounts(['ann', 'bob', 'cid']);
  client = stack.client();
});
after(() => stack?.stop());

async function create(by, request) {
  return client.call('createTransaction', { id: randomUUID(), ...request }, { token: await token(by) });
}

async function newest() {
  return Number((await readHistory(stack.postgres)).length);
}

test('a posted transfer is answered with its place, and found by id, by sequence and in pages', async () => {
  const posted = await create('ann', { fromAccount: 'ann', toAccount: 'bob', amount: '5', description: 'Lunch', metadata: { table: '7' } });
  assert.equal(posted.sequence, String(await newest()));
  assert.equal(posted.currency, 'PTS');
  assert.equal(posted.description, 'Lunch');
  assert.deepEqual(posted.metadata, { table: '7' });

  const asAnn = { token: await token('ann') };
  assert.deepEqual(await client.call('getTransaction', { id: posted.id }, asAnn), posted);
  assert.deepEqual(await client.call('getTransaction', { sequence: posted.sequence }, asAnn), posted);
  const page = await client.call('listTransactions', { orderBy: 'sequence desc', pageSize: 1 }, asAnn);
  assert.deepEqual(page.transactions, [posted]);
  assert.notEqual(page.nextPageToken, '');
});

test('pages go through all of the history once, in order', async () => {
  for (let n = 0; n < 7; n += 1) await create('admin', { fromAccount: 'admin', toAccount: 'cid', amount: '1' });
  const sequences = [];
  let pageToken = '';
  do {
    const page = await client.call('listTransactions', { pageSize: 3, pageToken }, { token: await token('admin') });
    sequences.push(...page.transactions.map(({ sequence }) => Number(sequence)));
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  assert.deepEqual(sequences, Array.from({ length: await newest() }, (_, index) => index + 1));
});

test('an account shows its balance to its owner and to admins only', async () => {
  const balanceOf = async (name, by) => Number((await client.call('getAccount', { name }, { token: await token(by) })).balance);
  const before = await balanceOf('bob', 'bob');
  await create('admin', { fromAccount: 'admin', toAccount: 'bob', amount: '40' });
  assert.equal(await balanceOf('bob', 'bob'), before + 40);
  assert.equal(await balanceOf('bob', 'admin'), before + 40);
  await assert.rejects(balanceOf('bob', 'cid'), { code: 'PERMISSION_DENIED', reason: 'NOT_ALLOWED' });
});

test('a balance does not fall below its minimum, and the refusal leaves no trace', async () => {
  const id = randomUUID();
  const count = await newest();
  const tooMuch = { id, fromAccount: 'cid', toAccount: 'bob', amount: '1000000' };
  await assert.rejects(create('cid', tooMuch), { code: 'FAILED_PRECONDITION', reason: 'INSUFFICIENT_FUNDS' });
  assert.equal(await newest(), count);
  await create('cid', { ...tooMuch, amount: '1' });
  assert.equal(await newest(), count + 1);
});

test('validate_only checks everything and posts nothing', async () => {
  const count = await newest();
  const answer = await create('ann', { fromAccount: 'ann', toAccount: 'bob', amount: '5', validateOnly: true });
  assert.equal(answer.sequence, '0');
  await assert.rejects(create('ann', { fromAccount: 'ann', toAccount: 'bob', amount: '1000000', validateOnly: true }), {
    reason: 'INSUFFICIENT_FUNDS',
  });
  assert.equal(await newest(), count);
});

test('a repeat under its id answers the transaction as first posted; other content is refused', async () => {
  const request = { id: randomUUID(), fromAccount: 'ann', toAccount: 'bob', amount: '3' };
  const first = await create('ann', request);
  const { response, headers } = await client.callWithHeaders('createTransaction', request, { token: await token('ann') });
  assert.deepEqual(response, first);
  assert.equal(headers['idempotency-replayed'], 'true');
  const conflict = { code: 'ALREADY_EXISTS', reason: 'TRANSACTION_EXISTS' };
  await assert.rejects(create('ann', { ...request, amount: '4' }), conflict);
  await assert.rejects(create('admin', request), conflict);
});

test('over HTTP a new transfer answers 201 and its repeat 200 with Idempotency-Replayed', async () => {
  const id = randomUUID();
  const body = { fromAccount: 'ann', toAccount: 'bob', amount: '2', description: 'over HTTP' };
  const options = { token: await token('ann'), headers: { 'idempotency-key': id } };
  const first = await post(stack.edge, '/v1/transactions', body, options);
  assert.equal(first.status, 201, JSON.stringify(first.body));
  assert.equal(first.headers.get('idempotency-replayed'), null);
  assert.equal(first.body.id, id);
  const repeat = await post(stack.edge, '/v1/transactions', body, options);
  assert.equal(repeat.status, 200);
  assert.equal(repeat.headers.get('idempotency-replayed'), 'true');
  assert.deepEqual(repeat.body, first.body);
  const other = await post(stack.edge, '/v1/transactions', { ...body, amount: '9' }, options);
  assert.equal(other.status, 409);
  assert.equal(other.body.error.reason, 'TRANSACTION_EXISTS');
});

test('POST /v1/token answers a pair of tokens, for a password and for a refresh token', async () => {
  const first = await post(stack.edge, '/v1/token', { username: 'ann', password: 'ann of the tests' });
  assert.equal(first.status, 200, JSON.stringify(first.body));
  assert.ok(Date.parse(first.body.expiresAt) > Date.now());
  const second = await post(stack.edge, '/v1/token', { refreshToken: first.body.refreshToken });
  assert.equal(second.status, 200, JSON.stringify(second.body));
  const posted = await post(stack.edge, '/v1/transactions', { fromAccount: 'ann', toAccount: 'bob', amount: '1' }, { token: second.body.accessToken });
  assert.equal(posted.status, 201);
  const wrong = await post(stack.edge, '/v1/token', { username: 'ann', password: 'wrong password' });
  assert.equal(wrong.status, 401);
});

test('the page is served, and stays with its own paths', async () => {
  const page = await get(stack.edge, '/');
  assert.equal(page.status, 200);
  assert.match(page.headers.get('content-type'), /^text\/html/);
  assert.match(page.body, /<script/);
  const policy = page.headers.get('content-security-policy').split('; ');
  for (const rule of ["default-src 'none'", "script-src 'self'", "frame-ancestors 'none'"]) assert.ok(policy.includes(rule), `${rule} is not in ${policy}`);
  assert.equal((await get(stack.edge, '/../../etc/passwd')).status, 404);
  assert.equal((await get(stack.edge, '/%2e%2e/%2e%2e/etc/passwd')).status, 404);
  assert.equal((await get(stack.edge, '/v1/nothing')).status, 404);
});

test('every way of giving the token opens a watch that gets the transfer live, each with its rows only', async () => {
  const readers = [];
  for (const [viewer, way] of [['admin', 'header'], ['ann', 'header'], ['ann', 'subprotocol'], ['ann', 'frame'], ['ann', 'bareFrame'], ['cid', 'subprotocol']]) {
    readers.push({ viewer, reader: new SocketReader(stack.edge, { name: `socket of ${viewer} by ${way}`, token: () => token(viewer), way }) });
  }
  for (const viewer of ['admin', 'bob']) {
    readers.push({ viewer, reader: new RpcReader(stack.client(), { name: `stream of ${viewer}`, token: () => token(viewer) }) });
  }
  for (const { reader } of readers) reader.start();
  const before = await newest();
  await Promise.all(readers.map(({ reader }) => reader.record.waitForSequence(before)));

  await create('ann', { fromAccount: 'ann', toAccount: 'bob', amount: '5', description: 'seen live' });
  await create('admin', { fromAccount: 'admin', toAccount: 'cid', amount: '6', metadata: { b: '2', a: '1', ä: 'ö' } });
  const history = await readHistory(stack.postgres);
  await Promise.all(readers.map(({ reader }) => reader.record.waitForSequence(history.length)));
  await Promise.all(readers.map(({ reader }) => reader.stop()));
  for (const { viewer, reader } of readers) {
    checkRecord(reader.record, history, { viewer, isAdmin: viewer === 'admin' });
    assert.equal(reader.connections, 1);
  }
  checkHashes(readers[0].reader.record);
});

test('a cursor of a socket is good for a gRPC watch, and the other way round', async () => {
  const bySocket = new SocketReader(stack.edge, { name: 'socket', token: () => token('ann') }).start();
  const start = await newest();
  await bySocket.record.waitForSequence(start);
  await bySocket.stop();
  await create('ann', { fromAccount: 'ann', toAccount: 'bob', amount: '1' });
  const byRpc = new RpcReader(stack.client(), { name: 'stream', token: () => token('ann'), after: bySocket.record.cursor }).start();
  await byRpc.record.waitForSequence(start + 1);
  await byRpc.stop();
  await create('ann', { fromAccount: 'ann', toAccount: 'bob', amount: '1' });
  const again = new SocketReader(stack.edge, { name: 'socket again', token: () => token('ann'), after: byRpc.record.cursor }).start();
  await again.record.waitForSequence(start + 2);
  await again.stop();
  assert.deepEqual([...byRpc.record.rows, ...again.record.rows].map(({ sequence }) => Number(sequence)), [start + 1, start + 2]);
});

test('a socket answers watch with where it starts, where the head is and balances; and ping, with the id given', async () => {
  const socket = await new Socket(stack.edge, { token: await token('ann') }).opened();
  const authenticated = await socket.next('authenticated');
  assert.equal(authenticated.data.subject, 'ann');
  assert.ok(!authenticated.data.admin);
  socket.send('watch', { after: 'now' }, 'w1');
  const watching = await socket.next('watching');
  assert.equal(watching.id, 'w1');
  assert.equal(watching.data.head, watching.data.after);
  const { balance } = await client.call('getAccount', { name: 'ann' }, { token: await token('ann') });
  assert.deepEqual(watching.data.balances, { ann: balance });
  socket.send('ping', { any: 1 }, 'p1');
  assert.equal((await socket.next('pong')).id, 'p1');
  socket.send('unwatch', {}, 'u1');
  assert.equal((await socket.next('unwatched')).id, 'u1');
  socket.send('createTransaction', { fromAccount: 'ann', toAccount: 'bob', amount: '2' }, 'c1');
  const created = await socket.next('transactionCreated');
  assert.equal(created.id, 'c1');
  assert.equal(created.data.transaction.sequence, String(await newest()));
  await socket.close();
});
