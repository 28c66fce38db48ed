// Tests exactly-once delivery with everything together. Hundreds of sockets, event streams and polls come and go
// while transfers flow. Gates on both sides of two edges hold, slow, cut and refuse traffic. Every client's record
// must equal the rows that it may see.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { drawPlan } from './everything_plan.mjs';
import { gaugeOf } from './exposition.mjs';
import { Forger } from './forged_tokens.mjs';
import { Gate } from './gate.mjs';
import { checkHashes, checkHistory, checkRecord, readHistory } from './history.mjs';
import { byHttp, byRpc, postAll } from './posters.mjs';
import { seed } from './random.mjs';
import { TRANSPORTS } from './readers.mjs';
import { parseCursor } from './record.mjs';
import { Stack } from './stack.mjs';
import { Visitor } from './visitor.mjs';
import { waitUntil, within } from './waiting.mjs';

const SOAK = process.env.LEDGERCAST_SOAK !== undefined;
const VISITORS = Number(process.env.LEDGERCAST_EVERYTHING_VISITORS ?? (SOAK ? 300 : 220));
const STEPS = Number(process.env.LEDGERCAST_EVERYTHING_STEPS ?? (SOAK ? 300 : 60));
const TRANSFERS_A_STEP = 8;
const MEMBERS = ['ann', 'bob', 'cid', 'dan', 'eve', 'fay', 'gus', 'hal'];
const EDGES = 2;
const CLIENT_GATES_AN_EDGE = 2;
// Two post by RPC for the admin. Two post by HTTP through the first gate of each edge.
const POSTERS = [undefined, undefined, 'ann', 'bob'];
// Small, so that clients that return later also get pages from the service.
const RING_FLAG = '--ring-transactions=512';
const EDGE_FLAGS = [RING_FLAG, '--progress-interval-ms=500', '--slow-socket-timeout-ms=1500'];
const CATCH_UP_TIMEOUT_MS = 120_000;

let stack;
// Where clients connect: the edges themselves, then the gates before them.
let doors;
// One gate between each edge and the service, then the gates between clients and edges.
const gates = [];
const forgers = new Map();
const visitors = [];
// They set the pace. A step ends when those at an edge with a working way to the service have its transfers, and when
// every poster with a working way has posted all. Otherwise the posters would leave more than this process can follow.
let pacers = [];
const token = (name) => stack.token(name);

async function openGate(port) {
  const gate = await Gate.open({ host: '127.0.0.1', port: Number(port) });
  gates.push(gate);
  return gate;
}

before(async () => {
  stack = await Stack.startWithoutEdge(MEMBERS, { points: 1_000_000_000, serviceFlags: [RING_FLAG] });
  for (const viewer of ['admin', ...MEMBERS]) forgers.set(viewer, new Forger(stack, await token(viewer)));
  for (let n = 0; n < EDGES; n += 1) {
    const gate = await openGate(stack.service.address.split(':')[1]);
    await stack.addEdge({ address: `127.0.0.1:${gate.port}` }, EDGE_FLAGS);
  }
  for (const edge of stack.edges) {
    await edge.waitUntilReady();
    for (let n = 0; n < CLIENT_GATES_AN_EDGE; n += 1) await openGate(new URL(edge.url).port);
  }
  doors = [...stack.edges, ...gates.slice(EDGES)];
});
after(async () => {
  await stopReaders();
  for (const gate of gates) await gate.close();
  await stack?.stop();
});

async function stopReaders() {
  const readers = [...visitors, ...pacers.map(({ reader }) => reader)];
  await Promise.all(readers.map((each) => each.stop()));
}

/** Makes a token signed with the service's key. Asking the service for a thousand tokens would mostly test its passwords. */
async function makeToken(viewer, seconds) {
  const now = Math.floor(Date.now() / 1000);
  return forgers.get(viewer).make({ claims: { iat: now, exp: now + seconds } });
}

function startPacers() {
  return stack.edges.flatMap((edge, index) =>
    Object.entries(TRANSPORTS).map(([name, Reader]) => {
      const reader = new Reader(edge, { name: `pacer by ${name}`, token: () => token('admin') }).start();
      return { reader, gate: gates[index] };
    }),
  );
}

async function keepPace(disturbed, sequence) {
  const caughtUp = (gate) => {
    const ofGate = pacers.filter((pacer) => pacer.gate === gate);
    return Promise.all(ofGate.map(({ reader }) => reader.record.waitForSequence(sequence, CATCH_UP_TIMEOUT_MS)));
  };
  const free = gates.slice(0, EDGES).filter((gate) => !disturbed.has(gate));
  if (free.length > 0) await Promise.any(free.map(caughtUp));
}

async function makePoster(account, index) {
  const poster = { newest: 0, done: Promise.resolve() };
  if (!account) return { ...poster, way: byRpc(stack.client(), await token('admin')), gates: [] };
  const edge = index % EDGES;
  const door = gates[EDGES + edge * CLIENT_GATES_AN_EDGE];
  return { ...poster, way: byHttp(door, await token(account)), gates: [gates[edge], door] };
}

/** Posts these transfers beside the ones that are still being posted. */
function post(poster, transfers) {
  const left = [...transfers];
  const acknowledged = ({ sequence }) => (poster.newest = Math.max(poster.newest, Number(sequence)));
  const next = () => left.shift();
  const posting = postAll({ count: left.length, width: left.length, way: poster.way, next, acknowledged });
  poster.done = Promise.all([poster.done, posting]);
  // A failure is reported where the promise is awaited.
  poster.done.catch(() => {});
}

/** Applies the spells to their gates. Notes in `disturbed` the gates that let nothing or little pass afterwards. */
function blow(spells, disturbed) {
  for (const { gate, kind, amount } of spells) {
    gates[gate][kind](amount);
    if (['hold', 'trickle', 'refuse'].includes(kind)) disturbed.add(gates[gate]);
    if (kind === 'pass') disturbed.delete(gates[gate]);
  }
}

/** Carries out the plan to its end. */
async function carryOut(plan) {
  const posters = await Promise.all(POSTERS.map(makePoster));
  const disturbed = new Set();
  for (const [step, { weather, visitors: coming, transfers }] of plan.entries()) {
    blow(weather, disturbed);
    for (const visitor of coming) visitors.push(new Visitor(visitor, doors, makeToken));
    for (const visitor of visitors) visitor.live(step);
    posters.forEach((poster, index) => post(poster, transfers[index]));
    const unhindered = posters.filter((poster) => !poster.gates.some((gate) => disturbed.has(gate)));
    await Promise.all(unhindered.map(({ done }) => done));
    await keepPace(disturbed, Math.max(...posters.map(({ newest }) => newest)));
  }
  for (const gate of gates) gate.pass();
  await within('the last transfers to be acknowledged', Promise.all(posters.map(({ done }) => done)), CATCH_UP_TIMEOUT_MS);
}

function checkVisitor({ plan: { viewer, accounts }, segments }, history) {
  for (const { from, record } of segments) {
    assert.ifError(record.failure);
    const start = from === 'now' ? record.start : parseCursor(from).sequence;
    checkRecord(record, history.slice(0, record.sequence), { viewer, isAdmin: viewer === 'admin', accounts, after: start });
  }
}

/** Returns the sum of a counter or gauge over all edges. */
async function sumOf(name) {
  const values = await Promise.all(stack.edges.map((edge) => gaugeOf(edge, name)));
  return values.reduce((sum, value) => sum + value, 0);
}

async function tell(t) {
  const sum = (valueOf) => visitors.reduce((total, visitor) => total + valueOf(visitor), 0);
  const records = visitors.flatMap(({ segments }) => segments.map(({ record }) => record));
  const rows = records.reduce((total, record) => total + record.rows.length, 0);
  const repeats = records.reduce((total, record) => total + record.repeats, 0);
  t.diagnostic(`${rows} rows in ${records.length} records of ${visitors.length} visitors over ${sum(({ connections }) => connections)} connections, ${sum(({ refreshes }) => refreshes)} refreshed tokens, ${repeats} repeats dropped`);
  const counts = ['readers_lagged', 'catch_up_pages', 'history_pages', 'history_failures', 'upstream_reconnects'];
  const told = await Promise.all(counts.map(async (name) => `${await sumOf(`ledgercast_edge_${name}_total`)} ${name}`));
  t.diagnostic(`the edges: ${told.join(', ')}`);
}

test(`${VISITORS} visitors of ${EDGES} edges in ${STEPS} steps, seed ${seed}`, async (t) => {
  t.diagnostic(`to repeat the draws: LEDGERCAST_SEED=${seed}`);
  const sizes = { visitors: VISITORS, steps: STEPS, transfersAStep: TRANSFERS_A_STEP };
  const plan = drawPlan({ ...sizes, doors: doors.length, gates: gates.length, members: MEMBERS, posters: POSTERS });
  const started = Date.now();
  pacers = startPacers();
  await carryOut(plan);
  t.diagnostic(`the plan took ${Date.now() - started} ms`);

  const history = await readHistory(stack.postgres);
  checkHistory(history);
  assert.equal(history.length, MEMBERS.length + STEPS * TRANSFERS_A_STEP * POSTERS.length);
  await Promise.all(visitors.map((visitor) => visitor.catchUp(history.length, CATCH_UP_TIMEOUT_MS)));
  await Promise.all(pacers.map(({ reader }) => reader.record.waitForSequence(history.length)));
  await stopReaders();
  t.diagnostic(`all had what they may see after ${Date.now() - started} ms`);

  for (const visitor of visitors) checkVisitor(visitor, history);
  for (const { reader } of pacers) checkRecord(reader.record, history, { viewer: 'admin', isAdmin: true });
  checkHashes(pacers[0].reader.record);
  await tell(t);
  assert.equal(await sumOf('ledgercast_edge_resyncs_total'), 0);
  for (const gauge of ['sockets', 'event_streams', 'polls', 'readers_live', 'readers_behind']) {
    await waitUntil(`nobody to be left in ${gauge}`, async () => (await sumOf(`ledgercast_edge_${gauge}`)) === 0, CATCH_UP_TIMEOUT_MS);
  }
});
