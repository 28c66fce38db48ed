// The checks themselves: a roll-out that keeps to everything passes, and each way to break a promise is
// found by the check that is there for it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CHECKS } from './checks.mjs';
import { Copy } from './copy.mjs';

const ROWS = [
  { sequence: '1', id: 'a', fromAccount: 'admin', toAccount: 'ann', amount: '100', fromPrevious: '0', toPrevious: '0', fromBalance: '-100', toBalance: '100' },
  { sequence: '2', id: 'b', fromAccount: 'admin', toAccount: 'bob', amount: '100', fromPrevious: '1', toPrevious: '0', fromBalance: '-200', toBalance: '100' },
  { sequence: '3', id: 'c', fromAccount: 'ann', toAccount: 'bob', amount: '5', fromPrevious: '1', toPrevious: '2', fromBalance: '95', toBalance: '105' },
  { sequence: '4', id: 'd', fromAccount: 'bob', toAccount: 'ann', amount: '7', fromPrevious: '3', toPrevious: '3', fromBalance: '98', toBalance: '102' },
];
const SOCKETS = 240;
const EDGES = 2;
const LEAVING_MS = 4000;

const seenBy = (subject) => ROWS.filter((row) => subject === 'admin' || row.fromAccount === subject || row.toAccount === subject);

function copyOf(subject, rows = seenBy(subject)) {
  const copy = new Copy(subject, subject === 'admin');
  for (const row of rows) copy.push({ ...row, currency: 'PTS' });
  return copy.summary();
}

/** The one with this number, of the drain of an edge. */
function followerOf(number) {
  const subject = ['admin', 'ann', 'bob'][number % 3];
  const drain = number % EDGES;
  const share = Math.floor(number / EDGES) / (SOCKETS / EDGES);
  const leftAt = drain * 10_000 + share * LEAVING_MS;
  const back = { name: `socket ${number}`, by: 'goingAway', code: 1001, leftAt, backAt: leftAt + share * LEAVING_MS, failures: [] };
  return { name: `socket ${number}`, subject, sequence: ROWS.length, repeats: 0, returns: [back], ...copyOf(subject) };
}

function goodResult() {
  const end = (label, at) => ({ label, at, code: 0, signal: null, endedAt: at + 2000 });
  const edges = Array.from({ length: EDGES }, (_, index) => end(`edge ${index}`, index * 10_000));
  const services = [end('service 0', 30_000)];
  return {
    options: { sockets: SOCKETS, edges: EDGES, services: 1, balance: 'leastconn', edgeDrainDelayMs: 0, leavingMs: LEAVING_MS, returningMs: LEAVING_MS },
    history: ROWS,
    setUp: 2,
    followers: Array.from({ length: SOCKETS }, (_, number) => followerOf(number)),
    packages: [{ name: 'ann by the package', subject: 'ann', sequence: ROWS.length, repeats: 0, ...copyOf('ann') }],
    digests: Object.fromEntries(['admin', 'ann', 'bob'].map((subject) => [subject, { count: String(seenBy(subject).length), sha256: copyOf(subject).sha256 }])),
    callers: { counts: { postByHttp: { calls: 2 } }, unsafe: [], acknowledged: ROWS.slice(2).map(({ id, sequence, fromAccount, toAccount, amount }) => ({ id, sequence, fromAccount, toAccount, amount })) },
    late: [...edges.map(({ label }) => ({ label, served: true, end: 1001 })), { label: 'service 0', served: true }],
    ends: { edges, services },
    socketsAfter: edges.map((_, index) => ({ label: `edge ${index + EDGES}`, sockets: SOCKETS / EDGES })),
  };
}

/** The names of the checks that `result` does not pass. */
function brokenBy(result) {
  return Object.entries(CHECKS).filter(([, check]) => {
    try {
      check(result);
      return false;
    } catch (error) {
      if (error instanceof assert.AssertionError) return true;
      throw error;
    }
  }).map(([name]) => name);
}

test('a roll-out that keeps to everything passes', () => {
  for (const check of Object.values(CHECKS)) check(goodResult());
});

const [COPIES, TRANSFERS, REQUESTS, LEAVING, SPREAD, LATE, ENDS, SHARES] = Object.keys(CHECKS);
const withRows = (subject, change) => (result) => {
  const follower = result.followers.find((one) => one.subject === subject);
  Object.assign(follower, copyOf(subject, change(seenBy(subject))));
};

const BREACHES = [
  ['an admin misses a row', withRows('admin', (rows) => rows.toSpliced(2, 1)), COPIES],
  ['a member misses a row', withRows('ann', (rows) => rows.toSpliced(1, 1)), COPIES],
  ['a member misses its last row', withRows('bob', (rows) => rows.slice(0, -1)), COPIES],
  ['a row comes twice', withRows('ann', (rows) => [...rows, rows.at(-1)]), COPIES],
  ['rows come out of order', withRows('bob', (rows) => [rows[1], rows[0], rows[2]]), COPIES],
  ['a row has another amount', withRows('ann', (rows) => rows.with(1, { ...rows[1], amount: '6' })), COPIES],
  ['a row of others is shown', withRows('ann', (rows) => rows.toSpliced(1, 0, ROWS[1])), COPIES],
  ['something is told twice', ({ followers }) => (followers[3].repeats = 1), COPIES],
  ['a follower failed', ({ followers }) => (followers[3].failure = 'a gap'), COPIES],
  ['a follower is behind', ({ followers }) => (followers[3].sequence = 3), COPIES],
  ['a follower was forgotten', ({ followers }) => followers.splice(5, 1), COPIES],
  ['a follower by the package misses a row', ({ packages }) => Object.assign(packages[0], copyOf('ann', seenBy('ann').slice(1))), COPIES],
  ['nobody follows by the package', ({ packages }) => packages.pop(), COPIES],
  ['the service tells another digest', ({ digests }) => (digests.bob.sha256 = 'f'), COPIES],
  ['an acknowledged transfer is not in the ledger', ({ callers }) => callers.acknowledged.push({ ...callers.acknowledged[0], id: 'e' }), TRANSFERS],
  ['a transfer was posted that nobody was told of', ({ callers }) => callers.acknowledged.pop(), TRANSFERS],
  ['a transfer has another place than was said', ({ callers }) => (callers.acknowledged[0].sequence = '4'), TRANSFERS],
  ['a request failed', ({ callers }) => callers.unsafe.push('500'), REQUESTS],
  ['nothing of a kind was asked', ({ callers }) => (callers.counts.postByHttp.calls = 0), REQUESTS],
  ['a socket was cut', ({ followers }) => (followers[0].returns[0].by = 'cut'), LEAVING],
  ['a socket never left', ({ followers }) => (followers[0].returns = []), LEAVING],
  ['a socket is not back', ({ followers }) => delete followers[0].returns[0].backAt, LEAVING],
  ['a socket was turned away', ({ followers }) => followers[0].returns[0].failures.push({ why: 503 }), LEAVING],
  ['all come back at once', ({ followers }) => followers.forEach(({ returns: [back] }) => (back.backAt = back.leftAt - (back.leftAt % 10_000) + 1500)), SPREAD],
  ['many come back in one second of many', ({ followers }) => followers.slice(4).forEach(({ returns: [back] }) => (back.backAt = back.leftAt - (back.leftAt % 10_000) + 1500)), SPREAD],
  ['a latecomer was refused', ({ late }) => Object.assign(late[0], { served: false, why: 'refused' }), LATE],
  ['a latecomer was cut', ({ late }) => (late[1].end = 1006), LATE],
  ['nobody came late', ({ late }) => late.pop(), LATE],
  ['an edge did not end in time', ({ ends }) => Object.assign(ends.edges[0], { code: undefined, signal: 'late' }), ENDS],
  ['a service failed in the end', ({ ends }) => (ends.services[0].code = 1), ENDS],
  ['an edge was not replaced', (result) => (result.options = { ...result.options, edges: 3 }), ENDS],
  ['an edge holds few sockets', ({ socketsAfter }) => (socketsAfter[1].sockets = 5), SHARES],
];

describe('is found out', () => {
  for (const [what, breach, by] of BREACHES) {
    test(what, () => {
      const result = goodResult();
      breach(result);
      assert.ok(brokenBy(result).includes(by), `by ${brokenBy(result)}`);
    });
  }
});
