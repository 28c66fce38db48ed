// The protocol's document (AsyncAPI 3) is valid, is served, and says what the edge says and takes:
// every kind of frame is sent or received here and held against it.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import Ajv from 'ajv';
import formats from 'ajv-formats';
import { Events } from './events.mjs';
import { get } from './http.mjs';
import { Socket } from './socket.mjs';
import { Stack } from './stack.mjs';
import { waitUntil } from './waiting.mjs';

const OTHER_LEDGER = '0123456789abcdef.0123456789abcdef.1';

let stack;
let document;
const ajv = formats(new Ajv({ strict: false, allErrors: true }));

before(async () => {
  // Tokens that end soon, so that a socket is asked for another one.
  stack = await Stack.startWithAccounts(['ann', 'bob'], { serviceFlags: ['--access-token-seconds=6'], edgeFlags: ['--progress-interval-ms=200'] });
  const { status, headers, body } = await get(stack.edge, '/asyncapi.json');
  assert.deepEqual([status, headers.get('content-type')], [200, 'application/json']);
  document = body;
  ajv.addSchema(document, 'protocol');
});
after(() => stack?.stop());

const statesOf = (operation) => new Set(document.operations[operation].messages.map(({ $ref }) => $ref.split('/').at(-1)));

function check(frame, states) {
  assert.ok(states.has(frame.state), `${frame.state} is not in the document`);
  const validate = ajv.getSchema(`protocol#/components/messages/${frame.state}/payload`);
  assert.ok(validate(frame), `${JSON.stringify(frame)}: ${ajv.errorsText(validate.errors)}`);
}

test('the document is AsyncAPI 3', () => {
  const schema = createRequire(import.meta.url).resolve('@asyncapi/specs/schemas/3.0.0-without-$id.json');
  const validate = formats(new Ajv({ strict: false, allErrors: true })).compile(JSON.parse(readFileSync(schema, 'utf8')));
  assert.ok(validate(document), ajv.errorsText(validate.errors));
});

test('every frame that is sent and received is as the document says, and the document has no others', async () => {
  const [sent, received] = [new Set(), new Set()];
  const [says, tells] = [statesOf('say'), statesOf('tell')];
  const token = await stack.newToken('ann');
  const socket = new Socket(stack.edge, { token, way: 'none' });
  socket.onFrame = (frame) => {
    check(frame, tells);
    received.add(frame.state);
    socket.frames.push(frame);
  };
  await socket.opened();
  const say = (state, data, id) => {
    check({ state, data, id }, says);
    sent.add(state);
    socket.send(state, data, id);
  };
  const ask = async (state, data, answer) => {
    const id = randomUUID();
    say(state, data, id);
    const frame = await socket.next(answer);
    assert.equal(frame.id, id);
    return frame.data;
  };

  await ask('authenticate', { token }, 'authenticated');
  await ask('watch', { after: OTHER_LEDGER }, 'resync');
  await ask('watch', { after: '', accounts: ['ann'] }, 'watching');
  const { transaction } = await ask('createTransaction', { id: randomUUID(), fromAccount: 'ann', toAccount: 'bob', amount: '1', description: 'x', metadata: { a: 'b' } }, 'transactionCreated');
  const { cursor } = (await socket.next('transactions')).data;
  say('ack', { cursor });
  await socket.next('progress');
  await ask('listTransactions', { pageSize: 2, orderBy: 'sequence desc' }, 'transactionList');
  assert.equal((await ask('getAccount', { name: 'ann' }, 'account')).name, 'ann');
  assert.match((await ask('digest', {}, 'digested')).sha256, /^[0-9a-f]{64}$/);
  assert.deepEqual(await ask('ping', [1, { any: 'thing' }], 'pong'), [1, { any: 'thing' }]);
  await ask('getAccount', { name: 'bob' }, 'error');
  await ask('unwatch', {}, 'unwatched');
  await socket.next('reauthenticate');
  await ask('refresh', { token: await stack.newToken('ann') }, 'authenticated');

  const admin = new Events(stack.edge, { token: await stack.newToken('admin'), after: '' });
  admin.onEvent = ({ state, data }) => {
    check({ state, data }, tells);
    admin.events.push({ state, data });
  };
  await admin.until('a transfer', () => admin.events.some(({ data }) => data.transactions?.some(({ id }) => id === transaction.id)));

  const stopped = stack.edge.stop();
  await socket.next('goingAway');
  await stopped;
  stack.edge.start();
  await stack.edge.waitUntilReady();
  assert.deepEqual([...sent].sort(), [...says].sort());
  assert.deepEqual([...received].sort(), [...tells].sort());
});

test('a quiet ledger is told seldom, with a ping in the same write, and often to whoever asks, on sockets and on event streams', async () => {
  const token = await stack.newToken('ann');
  // The interval is 0.2 s, five times as long while the ledger is quiet.
  const seldom = await new Socket(stack.edge, { token }).opened();
  const often = await new Socket(stack.edge, { token }).opened();
  let pings = 0;
  seldom.webSocket.on('ping', () => (pings += 1));
  for (const [socket, progressInterval] of [[seldom, undefined], [often, '0.2s']]) {
    check({ state: 'watch', data: { after: 'now', progressInterval } }, statesOf('say'));
    socket.send('watch', { after: 'now', progressInterval });
    await socket.next('watching');
  }
  const stream = new Events(stack.edge, { token, after: 'now', progressInterval: '0.2s' });
  const progressOf = (frames) => frames.filter(({ state }) => state === 'progress').length;
  await waitUntil('two words with a ping', () => pings >= 2, 10_000);
  // The first comes without one.
  assert.ok(progressOf(seldom.frames) >= 3 && progressOf(seldom.frames) <= pings + 1, `${progressOf(seldom.frames)} for ${pings} pings`);
  for (const frames of [often.frames, stream.events]) {
    assert.ok(progressOf(frames) > 2 * progressOf(seldom.frames), `${progressOf(frames)} beside ${progressOf(seldom.frames)}`);
  }
  often.send('watch', { after: 'now', progressInterval: '-1s' }, 'negative');
  assert.equal((await often.next('error')).error.reason, 'INVALID_FIELD');
  await Promise.all([seldom.close(), often.close(), stream.close?.()]);
});
