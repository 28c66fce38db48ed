// What a roll-out has to keep to, judged by what was seen of it.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { checkHistory } from '../e2e/history.mjs';
import { lineOf } from './copy.mjs';
import { mostASecond, spreadOf } from './spread.mjs';

const CURRENCY = 'PTS';
// Part of its fair share that each edge must hold again: `leastconn` is fair, chance is less so.
const LEAST_SHARE = { leastconn: 0.5, roundrobin: 0.15, random: 0.15 };
// Part of the time for leaving and returning that must lie between the first client and the last.
const LEAST_SPREAD = 0.5;
// What a socket hears may be known here sooner than what became of its edge.
const EARLY_MS = 200;
const FAILURES_SHOWN = 5;

const none = (found, what) => assert.equal(found.length, 0, `${found.length} ${what}: ${found.slice(0, FAILURES_SHOWN).join('; ')}`);

/** By subject: `{ count, sha256 }` of what it may see. */
function truthOf(history, subjects) {
  const truths = new Map([...subjects].map((subject) => [subject, { count: 0, hash: createHash('sha256') }]));
  for (const row of history) {
    for (const subject of ['admin', row.fromAccount, row.toAccount]) {
      // The admin's own transfers are seen once, too.
      if (subject === 'admin' && row.toAccount === 'admin') continue;
      const truth = truths.get(subject);
      if (!truth || truth.last === row.sequence) continue;
      truth.last = row.sequence;
      truth.count += 1;
      truth.hash.update(lineOf({ ...row, currency: CURRENCY }));
    }
  }
  return new Map([...truths].map(([subject, { count, hash }]) => [subject, { count, sha256: hash.digest('hex') }]));
}

/** The returns by drain: from when clients are sent away until it has ended; drains that overlap are one. */
export function drainsOf({ ends, followers, options }) {
  const groups = [];
  for (const { label, at, endedAt } of ends.edges) {
    const from = Math.min(at + options.edgeDrainDelayMs, endedAt) - EARLY_MS;
    const last = groups.at(-1);
    if (last && from < last.until) Object.assign(last, { labels: [...last.labels, label], until: Math.max(last.until, endedAt) });
    else groups.push({ labels: [label], from, until: endedAt });
  }
  const returns = followers.flatMap((follower) => follower.returns);
  return groups.map((group, index) => ({
    ...group,
    returns: returns.filter(({ leftAt }) => leftAt >= group.from && leftAt < (groups[index + 1]?.from ?? Infinity)),
  }));
}

function checkCopies({ followers: crowd, packages, history, digests, options }) {
  assert.equal(crowd.length, options.sockets);
  assert.ok(packages.length > 0, 'nobody follows by the package');
  const followers = [...crowd, ...packages];
  none(followers.filter(({ failure }) => failure).map(({ failure }) => failure), 'followers failed');
  none(followers.flatMap(({ name, broken }) => broken.map((what) => `${name}: ${what}`)), 'rows do not follow on those before them');
  none(followers.filter(({ repeats }) => repeats > 0).map(({ name, repeats }) => `${name}: ${repeats}`), 'followers were told something twice');
  none(crowd.filter(({ sequence }) => sequence < history.length).map(({ name, sequence }) => `${name} is at ${sequence} of ${history.length}`), 'followers are behind');
  const truths = truthOf(history, new Set(followers.map(({ subject }) => subject)));
  for (const [subject, { count, sha256 }] of truths) {
    assert.deepEqual({ count: Number(digests[subject].count), sha256: digests[subject].sha256 }, { count, sha256 }, `the service's digest of ${subject}`);
  }
  const wrong = followers.filter(({ subject, count, sha256 }) => count !== truths.get(subject).count || sha256 !== truths.get(subject).sha256);
  none(wrong.map(({ name, subject, count }) => `${name} has ${count} of ${truths.get(subject).count} rows`), 'copies are not what the ledger holds');
}

function checkTransfers({ history, callers, setUp }) {
  checkHistory(history);
  const byId = new Map(history.map((row) => [row.id, row]));
  assert.ok(callers.acknowledged.length > 0, 'nothing was posted');
  assert.equal(new Set(callers.acknowledged.map(({ id }) => id)).size, callers.acknowledged.length);
  for (const { id, sequence, fromAccount, toAccount, amount } of callers.acknowledged) {
    const row = byId.get(id);
    assert.deepEqual([row?.sequence, row?.fromAccount, row?.toAccount, row?.amount], [sequence, fromAccount, toAccount, amount], `transfer ${id}`);
  }
  assert.equal(history.length, setUp + callers.acknowledged.length, 'transfers that nobody was told of');
}

function checkRequests({ callers }) {
  for (const [kind, { calls }] of Object.entries(callers.counts)) assert.ok(calls > 0, `${kind} was never called`);
  none(callers.unsafe, 'requests failed without a safe retry');
}

function checkLeaving({ followers }) {
  const returns = followers.flatMap((follower) => follower.returns);
  none(followers.filter((follower) => follower.returns.length === 0).map(({ name }) => name), 'followers never left, though all edges were replaced');
  none(returns.filter(({ by }) => by !== 'goingAway').map(({ name, by, code }) => `${name}: ${by}, ${code}`), 'sockets were cut');
  none(returns.filter(({ backAt }) => backAt === undefined).map(({ name }) => name), 'sockets are not back');
  none(returns.filter(({ failures }) => failures.length > 0).map(({ name, failures }) => `${name}: ${failures.map(({ why }) => why)}`), 'sockets did not get in at once');
}

function checkSpread(result) {
  const { options: { leavingMs, returningMs } } = result;
  for (const { labels, returns } of drainsOf(result)) {
    const { count, seconds, peak } = spreadOf(returns.map(({ backAt }) => backAt).filter(Boolean));
    assert.ok(count > 0, `${labels} held no sockets`);
    const most = mostASecond(count, { leavingMs, returningMs });
    assert.ok(peak <= most, `${labels}: ${peak} of ${count} came back within a second, at most ${most.toFixed(0)} should`);
    const least = (LEAST_SPREAD * (leavingMs + returningMs)) / 1000;
    assert.ok(seconds >= least, `${labels}: all ${count} came back within ${seconds.toFixed(1)} s, it should take ${least.toFixed(1)} s`);
  }
}

function checkLatecomers({ late, ends }) {
  for (const { label } of [...ends.edges, ...ends.services]) {
    const own = late.filter((one) => one.label === label);
    assert.ok(own.length > 0, `nobody came late to ${label}`);
    none(own.filter(({ served }) => !served).map(({ why }) => `${label}: ${why}`), 'latecomers were not served');
  }
  const sockets = late.filter(({ label }) => ends.edges.some((end) => end.label === label));
  none(sockets.filter(({ end }) => end !== 1001).map(({ label, end }) => `${label}: ${end}`), 'latecomers were not sent away');
}

function checkEnds({ ends, options }) {
  assert.deepEqual([ends.edges.length, ends.services.length], [options.edges, options.services]);
  const bad = [...ends.edges, ...ends.services].filter(({ code }) => code !== 0);
  none(bad.map(({ label, code, signal }) => `${label}: ${signal ?? code}`), 'replicas did not end well in their time');
}

function checkShares({ socketsAfter, options }) {
  assert.equal(socketsAfter.length, options.edges);
  const least = (LEAST_SHARE[options.balance] * options.sockets) / options.edges;
  for (const { label, sockets } of socketsAfter) assert.ok(sockets >= least, `${label} holds ${sockets} sockets, less than ${least.toFixed(0)}`);
}

export const CHECKS = {
  'no socket misses or repeats a transaction, all come in commit order': checkCopies,
  'each transfer that was acknowledged is in the ledger once, and no other': checkTransfers,
  'no request fails without a safe retry': checkRequests,
  'every socket is sent away, none is cut, and each gets in again at once': checkLeaving,
  'they come back over the time that they are asked to, not all at once': checkSpread,
  'who is still sent to a replica that ends is served by it': checkLatecomers,
  'each replica that is replaced ends well, in its time': checkEnds,
  'every new edge holds its share of the sockets': checkShares,
};
