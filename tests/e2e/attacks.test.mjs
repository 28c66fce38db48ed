// Tests that the edge sends attackers away, that they cost it almost no memory, and that other readers notice
// nothing. tests/bench/attacks.mjs does this at full size and measures it.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ATTACKS } from './attack_kinds.mjs';
import { Attackers } from './attackers.mjs';
import { Bystanders } from './bystanders.mjs';
import { readMetrics } from './exposition.mjs';
import { Forger } from './forged_tokens.mjs';
import { get } from './http.mjs';
import { Socket } from './socket.mjs';
import { Stack } from './stack.mjs';
import { waitUntil } from './waiting.mjs';

const WAIT_TIMEOUT_MS = 60_000;
// Above the limit of connections, this many more get a 503.
const REFUSED_MAX = 64;
// The ring is small, so that the log is not what makes memory grow.
const RING_TRANSACTIONS = 512;
const RING_FLAG = `--ring-transactions=${RING_TRANSACTIONS}`;
// Metadata of about 10 kB.
const METADATA = Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`key-${n}`, 'x'.repeat(500)]));

let stack;
const token = (name) => stack.token(name);
const start = (t, ...edgeFlags) => Bystanders.start(t, stack, [RING_FLAG, ...edgeFlags]);

before(async () => {
  stack = await Stack.startWithoutEdge(['ann', 'bob'], { serviceFlags: [RING_FLAG] });
});
after(() => stack?.stop());

function attack({ edge }, name, count, options) {
  const attackers = new Attackers(edge, ATTACKS[name], options);
  for (let n = 0; n < count; n += 1) attackers.strike();
  return attackers;
}

/** Runs attackers until the edge has sent all of them away. */
async function attackToTheEnd(...args) {
  const attackers = attack(...args);
  await attackers.waitForEnds(attackers.begun, WAIT_TIMEOUT_MS);
  return attackers;
}

const sumOf = (outcomes, ...kinds) => kinds.reduce((total, kind) => total + (outcomes[kind] ?? 0), 0);

test('requests that never end are dropped after a time', async (t) => {
  const bystanders = await start(t);
  await bystanders.check(t, await attackToTheEnd(bystanders, 'slowloris', 300));
});

test('sockets that show no token in time are closed with 4408', async (t) => {
  const bystanders = await start(t, '--authenticate-timeout-ms=1000');
  const attackers = await attackToTheEnd(bystanders, 'noToken', 300);
  await bystanders.check(t, attackers);
  assert.deepEqual(attackers.outcomes, { 4408: 300 });
});

test('connections that say nothing fill the edge up to its limit only for a time', async (t) => {
  const bystanders = await start(t, '--max-sockets=200');
  const attackers = attack(bystanders, 'silence', 240);
  const ask = () => get(bystanders.edge, '/v1/accounts', { token: 'none' });
  const refusal = await waitUntil(
    'the edge to be full',
    async () => {
      const answer = await ask();
      return answer.status === 503 && answer;
    },
    WAIT_TIMEOUT_MS,
  );
  assert.deepEqual([refusal.body.error.code, refusal.body.error.reason], ['RESOURCE_EXHAUSTED', 'TOO_BUSY']);
  await waitUntil('room at the edge', async () => (await ask()).status === 401, WAIT_TIMEOUT_MS);
  await attackers.waitForEnds(attackers.begun, WAIT_TIMEOUT_MS);
  await bystanders.check(t, attackers);
});

test('a flood of connections that say nothing leaves the edge its open files', async (t) => {
  const bystanders = await start(t, '--max-sockets=200');
  const attackers = attack(bystanders, 'silence', 1000);
  await attackers.waitForEnds(600, WAIT_TIMEOUT_MS);
  assert.ok(await bystanders.edge.isReady());
  await attackers.waitForEnds(attackers.begun, WAIT_TIMEOUT_MS);
  await bystanders.check(t, attackers);
  assert.ok(bystanders.openedFiles <= 200 + REFUSED_MAX, `${bystanders.openedFiles} more files were open`);
});

test('one address has no more connections than it may', async (t) => {
  const bystanders = await start(t, '--max-sockets-per-address=50', '--authenticate-timeout-ms=1000');
  const attackers = await attackToTheEnd(bystanders, 'noToken', 200);
  await bystanders.check(t, attackers);
  assert.ok(sumOf(attackers.outcomes, '429') >= 150, JSON.stringify(attackers.outcomes));
  assert.equal(sumOf(attackers.outcomes, '429', '4408'), 200);
});

test('more new connections a second than may be are refused', async (t) => {
  const bystanders = await start(t, '--max-accepts-per-second=50');
  const attackers = await attackToTheEnd(bystanders, 'connect', 1000);
  await bystanders.check(t, attackers);
  assert.ok(sumOf(attackers.outcomes, '503') > 0, JSON.stringify(attackers.outcomes));
  // Connections without a code were accepted, and left by themselves.
  assert.equal(sumOf(attackers.outcomes, '503', 'dropped'), 1000);
});

test('bad tokens are refused, whatever is bad about them', async (t) => {
  const bystanders = await start(t);
  const forger = new Forger(stack, await token('ann'));
  const kinds = [{ key: forger.otherKey }, { header: { kid: 'made-up' } }, { claims: { exp: 1 } }];
  const tokens = ['rubbish', forger.withoutSignature(), ...kinds.map((kind) => forger.make(kind))];
  const attackers = await attackToTheEnd(bystanders, 'badToken', 600, { tokens });
  await bystanders.check(t, attackers);
  assert.deepEqual(attackers.outcomes, { 401: 300, 4401: 300 });
});

test('a member that asks for the past again and again keeps nobody else from it', async (t) => {
  const bystanders = await start(t);
  // The ring then no longer holds the beginning of the log.
  for (let n = 0; n < RING_TRANSACTIONS; n += 1) await bystanders.post();
  const attackers = [attack(bystanders, 'hastyWatch', 8, { token: await token('ann') }), attack(bystanders, 'droppedPoll', 200, { token: await token('ann') })];
  for (let n = 0; n < 20; n += 1) {
    const socket = await new Socket(bystanders.edge, { token: await token('bob') }).opened();
    socket.send('watch', { after: '' });
    await socket.next('watching');
    assert.equal((await socket.next('transactions')).data.transactions[0].sequence, '2');
    await socket.close();
  }
  attackers[1].stop();
  await bystanders.check(t, attackers[0]);
});

test('headers of a megabyte are not read to their end', async (t) => {
  const bystanders = await start(t);
  const attackers = await attackToTheEnd(bystanders, 'hugeHeaders', 100);
  await bystanders.check(t, attackers);
  assert.deepEqual(attackers.outcomes, { 431: 100 });
});

test('pings without end, whose answers nobody reads, are no burden', async (t) => {
  const bystanders = await start(t);
  const attackers = attack(bystanders, 'pingFlood', 20, { token: await token('ann') });
  const { posted } = bystanders;
  await waitUntil('transfers to flow beside', () => bystanders.posted >= posted + 200, WAIT_TIMEOUT_MS);
  await bystanders.check(t, attackers);
});

test('sockets that ask for all and never read are closed with 4409', async (t) => {
  const bystanders = await start(t, '--slow-socket-timeout-ms=1000');
  const attackers = attack(bystanders, 'neverRead', 300, { token: await token('admin') });
  for (let n = 0; n < 100; n += 1) await bystanders.post(METADATA);
  const closes = async () => (await readMetrics(bystanders.edge)).get('ledgercast_edge_closes_total').samples;
  const isClosed = async () => (await closes()).find(({ labels }) => labels.code === '4409').value === 300;
  await waitUntil('all of them to be closed', isClosed, WAIT_TIMEOUT_MS);
  await bystanders.check(t, attackers);
});

test('200 kB that would become 200 MB do not', async (t) => {
  const bystanders = await start(t);
  const agreed = [];
  const onUpgraded = (isCompressed) => agreed.push(isCompressed);
  const attackers = await attackToTheEnd(bystanders, 'zipBomb', 20, { token: await token('ann'), onUpgraded });
  await bystanders.check(t, attackers);
  assert.equal(agreed.length, 20);
  t.diagnostic(`compression was ${agreed[0] ? '' : 'not '}agreed on`);
  // If compression was not agreed on, a frame that claims to be compressed breaks the protocol.
  assert.deepEqual(attackers.outcomes, { [agreed[0] ? 1009 : 1002]: 20 });
});
