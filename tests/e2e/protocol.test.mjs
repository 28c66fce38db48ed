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
