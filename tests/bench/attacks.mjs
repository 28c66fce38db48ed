// Measures what attacks at full size cost: the edge's memory, and the latency of readers meanwhile.
// PostgreSQL, service and edge are real. The attackers run on the same machine at low priority, since
// otherwise the benchmark would measure their own work.
//
//   node tests/bench/attacks.mjs [ATTACK...]      after `npm ci` in tests/e2e; build/release built;
//                                                 badTokenStorm needs wrk
//
//   ATTACK      names as in the table below; all by default
//   SECONDS     how long each lasts; 15 by default
//   READERS     sockets of the admin that read meanwhile; 20 by default
//   RATE        transfers per second; 50 by default

import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { setInterval as ticks, setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { Forger } from '../e2e/forged_tokens.mjs';
import { Socket } from '../e2e/socket.mjs';
import { Stack } from '../e2e/stack.mjs';
import { latenciesMsOf, quantile } from './latencies.mjs';

const number = (name, fallback) => Number(process.env[name] ?? fallback);
const SECONDS = number('SECONDS', 15);
const READERS = number('READERS', 20);
const RATE = number('RATE', 50);
// Measured without an attack, before and after it.
const CALM_SECONDS = 3;
const MEGABYTE = 1 << 20;
const STORM_CONNECTIONS = 200;
const BEGINNING_MS = 50;
// Transactions of about 2 kB each. They are more than the kernel holds for a socket that does not read.
const HISTORY = 2000;
const METADATA = Object.fromEntries(['a', 'b', 'c', 'd'].map((key) => [key, 'x'.repeat(500)]));

// `keep` is the number of connections that are always open, `perSecond` the number that begin each second.
const PLANS = {
  slowloris: { keep: 5000 },
  silence: { keep: 6000, flags: ['--max-sockets=5000'] },
  noToken: { keep: 5000 },
  connect: { perSecond: 1667 },
  badToken: { perSecond: 10_000 },
  // wrk makes these, because they are more than this program can make.
  badTokenStorm: { storm: true },
  hugeHeaders: { keep: 200 },
  pingFlood: { keep: 200 },
  neverRead: { keep: 2000 },
  zipBomb: { perSecond: 100 },
  hastyWatch: { keep: 8, flags: ['--ring-transactions=512'] },
  droppedPoll: { perSecond: 900, flags: ['--ring-transactions=512'] },
};

const stack = await Stack.start();
try {
  await (await stack.addService()).waitUntilReady();
  await stack.makeAdmin();
  await stack.makeAccounts(['user1'], 0);
  await stack.makeAccounts(['user2'], 1000);
  const client = stack.client();
  const token = await stack.token('admin');
  const post = (metadata) => client.call('createTransaction', { fromAccount: 'admin', toAccount: 'user1', amount: 1, metadata }, { token });
  for (let left = HISTORY; left > 0; left -= 100) await Promise.all(Array.from({ length: 100 }, () => post(METADATA)));
  const wanted = process.argv.slice(2);
  const rows = [];
  for (const name of wanted.length > 0 ? wanted : Object.keys(PLANS)) {
    rows.push(await suffer(name, PLANS[name], token, post));
    console.log(JSON.stringify(rows.at(-1)));
  }
  console.table(rows);
} finally {
  await stack.stop();
}

async function suffer(name, { flags = [], ...plan }, token, post) {
  const edge = await stack.addEdge(stack.service, flags);
  await edge.waitUntilReady();
  const phases = { before: [], during: [], after: [] };
  const beginnings = { before: [], during: [], after: [] };
  let phase = 'before';
  const readers = await openReaders(edge, token, (data) => phases[phase].push(...latenciesMsOf(data)));
  const rss = { most: 0 };
  const measuring = setInterval(() => (rss.most = Math.max(rss.most, edge.rssBytes())), 100);
  const posting = keepPosting(post);
  const beginning = keepBeginning(edge, (ms) => beginnings[phase].push(ms));
  await pause(CALM_SECONDS * 1000);

  rss.before = edge.rssBytes();
  const cpuBefore = edge.cpuSeconds();
  phase = 'during';
  const strike = plan.storm ? stormWithWrk : strikeInWorker;
  const { begun, mostOpen, outcomes, cpuAfter } = await strike(edge, { name, ...plan, options: { token, tokens: await badTokens() } });
  const cores = (cpuAfter - cpuBefore) / SECONDS;
  phase = 'after';
  await pause(CALM_SECONDS * 1000);

  clearInterval(measuring);
  const posted = await posting.stop();
  const refused = await beginning.stop();
  const lost = readers.filter(({ isClosed }) => isClosed).length;
  for (const { socket } of readers) await socket.close();
  rss.after = edge.rssBytes();
  await stack.removeEdge(edge);
  const p50p99 = (values) => `${quantile(values, 0.5)} / ${quantile(values, 0.99)}`;
  return {
    attack: name,
    'begun a second': Math.round(begun / SECONDS),
    'most open': mostOpen,
    'RSS MB, before / most / after': [rss.before, rss.most, rss.after].map((bytes) => Math.round(bytes / MEGABYTE)).join(' / '),
    'cores of the edge': cores.toFixed(2),
    'ms before, p50 / p99': p50p99(phases.before),
    'ms during, p50 / p99': p50p99(phases.during),
    'ms after, p50 / p99': p50p99(phases.after),
    'ms to `watching` before / during / after, p99': Object.values(beginnings).map((values) => quantile(values, 0.99)).join(' / '),
    'newcomers refused': refused,
    'readers lost': lost,
    posted,
    outcomes: JSON.stringify(outcomes),
  };
}

async function strikeInWorker(edge, plan) {
  const worker = new Worker(new URL('./attack_worker.mjs', import.meta.url), { workerData: { url: edge.url, ...plan } });
  await once(worker, 'online');
  await pause(SECONDS * 1000);
  const cpuAfter = edge.cpuSeconds();
  worker.postMessage('stop');
  const [counts] = await once(worker, 'message');
  return { ...counts, cpuAfter };
}

async function stormWithWrk(edge, { options: { tokens } }) {
  const script = fileURLToPath(new URL('./bad_tokens.lua', import.meta.url));
  const wrk = ['wrk', '--threads=1', `--connections=${STORM_CONNECTIONS}`, `--duration=${SECONDS}s`, `--script=${script}`, edge.url];
  const { stdout } = await promisify(execFile)('nice', ['-n', String(constants.priority.PRIORITY_LOW), ...wrk, '--', ...tokens]);
  const cpuAfter = edge.cpuSeconds();
  const count = (pattern) => Number(pattern.exec(stdout)?.[1] ?? 0);
  const begun = count(/(\d+) requests in/);
  return { begun, mostOpen: STORM_CONNECTIONS, outcomes: { answered: begun, good: begun - count(/Non-2xx or 3xx responses: (\d+)/) }, cpuAfter };
}

async function openReaders(edge, token, onTransactions) {
  const readers = [];
  for (let index = 0; index < READERS; index += 1) {
    const socket = await new Socket(edge, { token }).opened();
    socket.send('watch', { after: 'now' });
    await socket.next('watching');
    socket.onFrame = ({ state, data }) => state === 'transactions' && onTransactions(data);
    const reader = { socket, isClosed: false };
    socket.closed.then(() => (reader.isClosed = true));
    readers.push(reader);
  }
  return readers;
}

/** Acts as a member who connects again and again, and reads from the beginning. */
function keepBeginning(edge, onBegun) {
  let isOver = false;
  let refused = 0;
  const loop = (async () => {
    const token = await stack.token('user2');
    while (!isOver) {
      const socket = new Socket(edge, { token });
      // A full edge refuses with an answer, or closes at once without one.
      await Promise.race([socket.opened(), socket.refused]);
      if (socket.isOpen) await begin(socket, onBegun);
      else refused += 1;
      await pause(BEGINNING_MS);
    }
  })();
  return {
    async stop() {
      isOver = true;
      await loop;
      return refused;
    },
  };
}

async function begin(socket, onBegun) {
  const asked = performance.now();
  socket.send('watch', { after: '' });
  await socket.next('watching');
  onBegun(Math.round((performance.now() - asked) * 10) / 10);
  await socket.next('transactions');
  await socket.close();
}

function keepPosting(post) {
  let isOver = false;
  let posted = 0;
  const loop = (async () => {
    const answers = [];
    for await (const _ of ticks(1000 / RATE)) {
      if (isOver) break;
      posted += 1;
      answers.push(post());
    }
    await Promise.all(answers);
  })();
  return {
    async stop() {
      isOver = true;
      await loop;
      return posted;
    },
  };
}

async function badTokens() {
  const forger = new Forger(stack, await stack.token('user1'));
  const kinds = [{ key: forger.otherKey }, { header: { kid: 'made-up' } }, { claims: { exp: 1 } }];
  return ['rubbish', forger.withoutSignature(), ...kinds.map((kind) => forger.make(kind))];
}
