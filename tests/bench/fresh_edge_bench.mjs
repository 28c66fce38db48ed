// Members return to an edge that has just started and has nothing in memory. All are equally far
// behind. Measures how long it takes until all are live, and what that asks of the service.
// PostgreSQL, service and edge are real.
//
//   node tests/bench/fresh_edge_bench.mjs        after `npm ci` in tests/e2e; build/release built
//
//   MEMBERS     number of members, one socket each; 2000 by default
//   ROWS        number of transactions they are behind, between random members; 25000 by default

import { readMetrics } from '../e2e/exposition.mjs';
import { Forger } from '../e2e/forged_tokens.mjs';
import { Socket } from '../e2e/socket.mjs';
import { Stack } from '../e2e/stack.mjs';
import { quantile } from './latencies.mjs';

const number = (name, fallback) => Number(process.env[name] ?? fallback);
const MEMBERS = number('MEMBERS', 2_000);
const ROWS = number('ROWS', 25_000);
const ROWS_A_CALL = 1_000;
const CALLS = ['WatchTransactions', 'GetAccount'];

const nameOf = (index) => `member-${index}`;
const anyone = () => nameOf(Math.floor(Math.random() * MEMBERS));

const stack = await Stack.start();
try {
  const service = await stack.addService();
  await service.waitUntilReady();
  await stack.makeAdmin();
  await stack.postgres.query(`INSERT INTO accounts (name, currency) SELECT 'member-' || n, 'PTS' FROM generate_series(0, ${MEMBERS - 1}) AS n`);
  const token = await stack.token('admin');
  for (let left = ROWS; left > 0; left -= ROWS_A_CALL) {
    const requests = Array.from({ length: Math.min(left, ROWS_A_CALL) }, () => {
      const fromAccount = anyone();
      let toAccount = anyone();
      while (toAccount === fromAccount) toAccount = anyone();
      return { fromAccount, toAccount, amount: '1' };
    });
    await stack.client().call('submitTransactions', { requests }, { token });
  }
  // The tokens are forged, because signing in would take longer than everything else.
  await stack.makeAccounts(['template'], 0);
  const forger = new Forger(stack, await stack.token('template'));
  const tokens = Array.from({ length: MEMBERS }, (_, index) => forger.make({ claims: { sub: nameOf(index) } }));
  const edge = await stack.addEdge(service);
  await edge.waitUntilReady();

  const before = await callsOf(service);
  const cpu = { edge: edge.cpuSeconds(), service: service.cpuSeconds() };
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const ends = await Promise.all(tokens.map((one) => readToTheHead(edge, one, seconds)));
  const after = await callsOf(service);
  const of = (key) => ends.map((end) => end[key]);
  console.log(JSON.stringify({
    members: MEMBERS,
    rows: ROWS,
    received: of('rows').reduce((sum, rows) => sum + rows, 0),
    watchingSeconds: { half: quantile(of('watching'), 0.5), all: quantile(of('watching'), 1) },
    liveSeconds: { half: quantile(of('live'), 0.5), all: quantile(of('live'), 1) },
    calls: Object.fromEntries(CALLS.map((name) => [name, after[name] - before[name]])),
    cpuSeconds: { edge: (edge.cpuSeconds() - cpu.edge).toFixed(2), service: (service.cpuSeconds() - cpu.service).toFixed(2) },
  }));
} finally {
  await stack.stop();
}

async function callsOf(service) {
  const { samples } = (await readMetrics(service)).get('ledgercast_rpc_duration_seconds');
  const count = (name) =>
    samples
      .filter((sample) => sample.name.endsWith('_count') && sample.labels.method.endsWith(`/${name}`))
      .reduce((sum, { value }) => sum + value, 0);
  return Object.fromEntries(CALLS.map((name) => [name, count(name)]));
}

async function readToTheHead(edge, token, seconds) {
  const socket = new Socket(edge, { token, perMessageDeflate: false });
  const end = { rows: 0 };
  const isLive = new Promise((resolve, reject) => {
    socket.onFrame = ({ state, data }) => {
      if (state === 'watching') end.watching = seconds();
      if (state === 'error') reject(new Error(JSON.stringify(data)));
      if (state !== 'transactions') return;
      end.rows += data.transactions.length;
      if (data.live) resolve();
    };
    socket.closed.then(({ code, reason }) => reject(new Error(`closed with ${code} ${reason}`)));
  });
  isLive.catch(() => {}); // looked at below
  await socket.opened();
  socket.send('watch', { after: '' });
  await isLive;
  end.live = seconds();
  await socket.close();
  return end;
}
