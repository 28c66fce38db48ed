// One roll-out from beginning to end, and all that was seen of it; nothing is judged here.

import { setTimeout as pause } from 'node:timers/promises';
import { gaugeOf } from '../e2e/exposition.mjs';
import { get } from '../e2e/http.mjs';
import { readHistory } from '../e2e/history.mjs';
import { pick, random } from '../e2e/random.mjs';
import { waitUntil } from '../e2e/waiting.mjs';
import { Callers } from './callers.mjs';
import { Cluster } from './cluster.mjs';
import { Crowd } from './crowd.mjs';
import { startPackageFollowers } from './package_followers.mjs';

const COME_BACK_TIMEOUT_MS = 60_000;
// One in ten sees everything.
const ADMIN_SHARE = 0.1;
// By each of its transports; the first of them is an admin.
const OF_THE_PACKAGE = 3;

async function peopleOf(cluster, { sockets }) {
  const tokens = new Map();
  for (const subject of ['admin', ...cluster.members]) tokens.set(subject, await cluster.stack.token(subject));
  return Array.from({ length: sockets }, (_, number) => {
    const isAdmin = number % Math.round(1 / ADMIN_SHARE) === 0;
    const subject = isAdmin ? 'admin' : pick(cluster.members);
    return { name: `socket ${number} of ${subject}`, subject, isAdmin, token: tokens.get(subject) };
  });
}

function callersOf(cluster, { postsPerSecond, readsPerSecond, visitorsPerSecond }) {
  const next = () => {
    const fromAccount = pick(cluster.members);
    const toAccount = pick(cluster.members.filter((member) => member !== fromAccount));
    return { fromAccount, toAccount, amount: String(1 + random(9)) };
  };
  return new Callers({
    balancer: cluster.balancer,
    clients: () => cluster.clients(),
    token: cluster.adminToken,
    next,
    rates: {
      postByHttp: postsPerSecond * 0.75,
      postByRpc: postsPerSecond * 0.25,
      listByHttp: readsPerSecond * 0.4,
      accountsByHttp: readsPerSecond * 0.2,
      digestByHttp: readsPerSecond * 0.2,
      listByRpc: readsPerSecond * 0.2,
      visitByStream: visitorsPerSecond,
    },
  });
}

const socketsOf = (edges) => Promise.all(edges.map(async (edge) => ({ label: edge.label, sockets: await gaugeOf(edge, 'ledgercast_edge_sockets') })));

/** By subject: what the service itself says that it may see. */
async function digestsOf(cluster) {
  const digests = {};
  for (const subject of ['admin', ...cluster.members]) {
    const { status, body } = await get(cluster.balancer, '/v1/digest', { token: await cluster.stack.token(subject) });
    if (status !== 200) throw new Error(`the digest of ${subject}: ${status}`);
    digests[subject] = body;
  }
  return digests;
}

/** `say(line)` is told of each step. */
export async function rehearse(options, say) {
  const steps = [];
  const onStep = (what) => {
    steps.push({ at: Date.now(), what });
    say(what);
  };
  const cluster = await Cluster.start(options, onStep);
  const crowd = new Crowd(options.workers);
  let packages;
  try {
    const began = Date.now();
    const people = await peopleOf(cluster, options);
    packages = startPackageFollowers(cluster.balancer.url, people.slice(0, OF_THE_PACKAGE));
    await crowd.open({ streamUrl: cluster.balancer.streamUrl }, people);
    onStep(`${options.sockets} sockets follow, opened in ${((Date.now() - began) / 1000).toFixed(1)} s`);
    const callers = callersOf(cluster, options);
    callers.start();
    const phases = {};
    const during = async (name, what) => {
      await crowd.phase(name);
      phases[name] = { from: Date.now() };
      await what();
      phases[name].until = Date.now();
    };
    await during('before', () => pause(options.calmMs));
    const socketsBefore = await socketsOf(cluster.edges.replicas);
    await during('edges', async () => {
      await cluster.edges.rollOut();
      await waitUntil('all sockets to be back', async () => (await crowd.countAway()) === 0, COME_BACK_TIMEOUT_MS);
    });
    const socketsAfter = await socketsOf(cluster.edges.replicas);
    await during('services', () => cluster.services.rollOut());
    await during('after', () => pause(options.calmMs));
    await callers.stop();
    const history = await readHistory(cluster.stack.postgres);
    const { followers, latencies } = await crowd.finish(history.length);
    return {
      options, steps, phases, history, followers, latencies, socketsBefore, socketsAfter,
      packages: await packages.finish(history),
      setUp: cluster.members.length,
      callers: { counts: Object.fromEntries(callers.counts), unsafe: callers.unsafe, acknowledged: callers.acknowledged },
      late: await Promise.all(cluster.late.map(async (one) => ({ ...one, end: await one.end }))),
      ends: { edges: cluster.edges.ends, services: cluster.services.ends },
      digests: await digestsOf(cluster),
    };
  } finally {
    crowd.end();
    packages?.end();
    await cluster.stop();
  }
}
