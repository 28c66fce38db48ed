// Runs three replicas of the service over one PostgreSQL with 64 clients, while one replica is paused and another
// killed. The ledger and every watcher on every replica must stay right. Nobody may wait long for a replica that
// hangs or is cut off.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { checkReaders } from './check_readers.mjs';
import { Gate } from './gate.mjs';
import { checkHashes, checkHistory, readHistory } from './history.mjs';
import { pick, random, seed } from './random.mjs';
import { RpcReader, SocketReader } from './readers.mjs';
import { Stack } from './stack.mjs';
import { backOff, waitUntil } from './waiting.mjs';

const SOAK = process.env.LEDGERCAST_SOAK !== undefined;
const TRANSFERS = SOAK ? 300_000 : 8_000;
const REPLICAS = 3;
const CLIENTS = 64;
const COLD_ACCOUNTS = 10_000;
const HOT = ['hot-1', 'hot-2'];
const ATTEMPT_TIMEOUT_MS = 2_000;
const WAIT_TIMEOUT_MS = SOAK ? 600_000 : 60_000;
// Twice the default of --fence-timeout-ms, plus what a busy machine may add.
const HELD_UP_MS_MAX = 8_000;

let stack;
// The gate between the first replica and PostgreSQL.
let gate;
let adminToken;
let clients;
const token = (name) => stack.token(name);

before(async () => {
  stack = await Stack.start();
  const database = await openGate();
  for (let n = 0; n < REPLICAS; n += 1) await (await stack.addService([], n === 0 ? { database } : {})).waitUntilReady();
  await stack.makeAdmin();
  await stack.makeAccounts(HOT, 1_000_000);
  // The accounts are made by SQL, since passwords for all would take minutes, and nobody signs in as them.
  await stack.postgres.query(`INSERT INTO accounts (name, currency, minimum_balance) SELECT 'cold-' || n, 'PTS', 0 FROM generate_series(0, ${COLD_ACCOUNTS - 1}) AS n`);
  for (const service of stack.services) await (await stack.addEdge(service)).waitUntilReady();
  adminToken = await token('admin');
  clients = stack.services.map((service) => stack.client(service));
});
after(async () => {
  await stack?.stop();
  await gate?.close();
});

/** Opens the gate and returns the conninfo of connections through it. */
async function openGate() {
  const { conninfo, socketFolder } = stack.postgres;
  const gateFolder = join(stack.folder, 'gate');
  mkdirSync(gateFolder);
  const socket = (where) => ({ path: join(where, '.s.PGSQL.5432') });
  gate = await Gate.open(socket(socketFolder), socket(gateFolder));
  return conninfo.replace(socketFolder, gateFolder);
}

function startReaders() {
  return stack.services.flatMap((service, index) => [
    { viewer: 'admin', isAdmin: true, reader: new RpcReader(stack.client(service), { name: `stream of ${service.label}`, token: () => token('admin') }) },
    { viewer: 'hot-1', reader: new RpcReader(stack.client(service), { name: `hot-1 at ${service.label}`, token: () => token('hot-1') }) },
    { viewer: 'admin', isAdmin: true, reader: new SocketReader(stack.edges[index], { name: `socket of ${stack.edges[index].label}`, token: () => token('admin') }) },
  ]).map((each) => ({ ...each, reader: each.reader.start() }));
}

const cold = () => `cold-${random(COLD_ACCOUNTS)}`;

/** Draws a transfer, often between the hot accounts. Cold accounts may have no money to give. */
function nextTransfer() {
  const from = random(4) < 3 ? pick(HOT) : cold();
  const to = random(3) < 2 ? pick(HOT) : cold();
  return { id: randomUUID(), fromAccount: from, toAccount: to === from ? HOT.find((name) => name !== from) : to, amount: String(1 + random(50)) };
}

/** Codes that a stopping replica may cause. Another replica is asked then. */
const MAY_COME_OF_IT = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'CANCELLED', 'RESOURCE_EXHAUSTED']);

/** Returns the transaction, or undefined if there was no money for it. Throws on any other refusal. */
async function postSomewhere(own, first, transfer) {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    try {
      return await own[(first + attempt) % own.length].call('createTransaction', transfer, { token: adminToken, timeoutMs: ATTEMPT_TIMEOUT_MS });
    } catch (error) {
      if (error.reason === 'INSUFFICIENT_FUNDS') return undefined;
      if (!MAY_COME_OF_IT.has(error.code)) throw error;
      assert.doesNotMatch(error.message, /deadlock|serializ/i);
      await backOff();
    }
  }
  throw new Error(`transfer ${transfer.id} was not acknowledged`);
}

test(`${CLIENTS} clients hammer ${HOT.length} hot and ${COLD_ACCOUNTS} cold accounts while a replica is paused and one killed, seed ${seed}`, async (t) => {
  const readers = startReaders();
  const [healthy, paused, killed] = stack.services;
  const acknowledged = [];
  let refused = 0;
  const due = [
    { share: 0.2, act: () => paused.pause() },
    { share: 0.5, act: () => paused.resume() },
    { share: 0.6, act: () => killed.kill() },
    { share: 0.8, act: () => killed.start() },
  ].map(({ share, act }) => ({ count: Math.floor(TRANSFERS * share), act }));
  let acting = Promise.resolve();
  let started = 0;
  const hammer = async (first) => {
    const own = stack.services.map((service) => stack.client(service));
    while (started < TRANSFERS) {
      started += 1;
      const transfer = nextTransfer();
      const answer = await postSomewhere(own, first, transfer);
      if (answer) acknowledged.push({ ...transfer, sequence: answer.sequence });
      else refused += 1;
      if (due[0]?.count <= acknowledged.length + refused) acting = acting.then(due.shift().act);
    }
  };
  const begun = Date.now();
  await Promise.all(Array.from({ length: CLIENTS }, (_, index) => hammer(index % REPLICAS)));
  await acting;
  assert.equal(due.length, 0);
  await Promise.all(stack.services.map((service) => service.waitUntilReady()));
  t.diagnostic(`${acknowledged.length} posted and ${refused} refused in ${Date.now() - begun} ms; ${healthy.label} was left alone`);

  const history = await readHistory(stack.postgres);
  checkHistory(history);
  const byId = new Map(history.map((row) => [row.id, row]));
  for (const { id, sequence, fromAccount, toAccount, amount } of acknowledged) {
    const row = byId.get(id);
    assert.deepEqual([row?.sequence, row?.fromAccount, row?.toAccount, row?.amount], [sequence, fromAccount, toAccount, amount]);
  }
  const overdrawn = history.filter(({ fromAccount, fromBalance }) => fromAccount !== 'admin' && BigInt(fromBalance) < 0n);
  assert.deepEqual(overdrawn, []);
  await checkReaders(readers, history, WAIT_TIMEOUT_MS);
  checkHashes(readers.find(({ isAdmin, reader }) => isAdmin && reader instanceof SocketReader).reader.record);
});

const postOne = (client, changes = {}) =>
  client.call('createTransaction', { id: randomUUID(), fromAccount: 'hot-1', toAccount: 'hot-2', amount: '1', ...changes }, { token: adminToken, timeoutMs: WAIT_TIMEOUT_MS });

async function waitForSession(condition) {
  await waitUntil(`a session with ${condition}`, async () => (await stack.postgres.query(`SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND ${condition}`)).length > 0, WAIT_TIMEOUT_MS);
}

// Ways in which the first replica fails.
const paused = { stop: () => stack.services[0].pause(), goOn: () => stack.services[0].resume() };
const cutOff = { stop: () => gate.hold(), goOn: () => gate.pass() };

/**
 * Stops the first replica while it posts and waits for `lock`, and then releases the lock. The others must be able to
 * post soon. The first one must reach the right result when it continues.
 */
async function stopBehind(lock, { stop, goOn } = paused) {
  const readers = startReaders();
  const session = stack.postgres.openSession();
  await session.run(`BEGIN; ${lock}`);
  const id = randomUUID();
  const slow = postOne(clients[0], { id });
  await waitForSession("wait_event_type = 'Lock'");
  stop();
  await session.run('COMMIT');
  await session.close();
  const since = Date.now();
  const quick = await Promise.all(clients.slice(1).map((client) => postOne(client)));
  const heldUpMs = Date.now() - since;
  goOn();
  const { sequence } = await slow;
  assert.ok(heldUpMs < HELD_UP_MS_MAX, `the others were held up for ${heldUpMs} ms`);
  const history = await readHistory(stack.postgres);
  checkHistory(history);
  for (const posted of [...quick, { id, sequence }]) assert.equal(history.find((row) => row.id === posted.id)?.sequence, posted.sequence);
  await checkReaders(readers, history, WAIT_TIMEOUT_MS);
  return heldUpMs;
}

test('a replica that is paused between two statements of a batch loses the fence, and posts when it goes on', async (t) => {
  const heldUpMs = await stopBehind('LOCK TABLE transactions IN SHARE MODE');
  t.diagnostic(`the others were held up for ${heldUpMs} ms`);
});

test('a replica that is paused while the database sends to it loses the fence, and posts when it goes on', async (t) => {
  // This is more than fits in the socket's buffers, for a replica that must catch up and has done so before.
  for (const client of [clients[0], clients[1], clients[0]]) await postOne(client);
  const description = 'x'.repeat(900);
  await Promise.all(Array.from({ length: 1_000 }, (_, index) => postOne(clients[1 + (index % 2)], { description })));
  const heldUpMs = await stopBehind('LOCK TABLE transactions IN ACCESS EXCLUSIVE MODE');
  t.diagnostic(`the others were held up for ${heldUpMs} ms`);
});

/** Commits wait while somebody holds this lock. */
const LOCK_OF_COMMITS = 'SELECT pg_advisory_xact_lock(1)';

async function withGatedCommits(act) {
  await stack.postgres.query(`
    CREATE FUNCTION pass_gate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER gate AFTER INSERT ON transactions DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pass_gate()`);
  await act();
  await stack.postgres.query('DROP TRIGGER gate ON transactions; DROP FUNCTION pass_gate');
}

for (const [what, way] of Object.entries({ paused, 'cut off from the database': cutOff })) {
  test(`a replica that is ${what} during its commit holds up nobody and posts once`, (t) =>
    withGatedCommits(async () => t.diagnostic(`the others were held up for ${await stopBehind(LOCK_OF_COMMITS, way)} ms`)));
}

test('a replica that is cut off between two statements of a batch loses the fence, and posts when it is back', async (t) => {
  t.diagnostic(`the others were held up for ${await stopBehind('LOCK TABLE transactions IN SHARE MODE', cutOff)} ms`);
});

test('a replica that is cut off for good holds up nobody, and answers that the database is away', async () => {
  const [client, ...others] = clients;
  gate.hold();
  const answer = postOne(client).catch((error) => error);
  await Promise.all(others.map((each) => postOne(each)));
  assert.deepEqual([(await answer).code, (await answer).reason], ['UNAVAILABLE', 'DATABASE_UNAVAILABLE']);
  await waitUntil('its readiness to go', async () => !(await stack.services[0].isReady()), WAIT_TIMEOUT_MS);
  gate.refuse();
  gate.pass();
  await stack.services[0].waitUntilReady();
  await postOne(client);
});
