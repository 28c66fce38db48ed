// What the parts of sizing_bench.mjs share: a ledger with accounts, load at a rate, and what each process took meanwhile.

import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setInterval } from 'node:timers/promises';
import { Stack } from '../../e2e/stack.mjs';

const number = (name, fallback) => Number(process.env[name] ?? fallback);
export const SECONDS = number('SECONDS', 8);
export const MEMBERS = number('MEMBERS', 4_000);
const CLOCK_TICKS_A_SECOND = 100;
// Every tick is one call, one commit, one message.
const TICK_MS = 10;
export const MESSAGES_A_SECOND = 1_000 / TICK_MS;

export const say = (figure) => console.log(JSON.stringify(figure));
export const round = (value, digits = 2) => Number(value.toFixed(digits));

/** Sums up the CPU time of the postmaster and all its children, ended ones included. */
function postgresCpuSeconds(postgres) {
  const [postmaster] = readFileSync(join(postgres.folder, 'data/postmaster.pid'), 'utf8').split('\n');
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    let fields;
    try {
      fields = readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ').map(Number);
    } catch {
      continue; // it has ended
    }
    if (pid !== postmaster && String(fields[1]) !== postmaster) continue;
    ticks += fields[11] + fields[12] + (pid === postmaster ? fields[13] + fields[14] : 0);
  }
  return ticks / CLOCK_TICKS_A_SECOND;
}

export const accountName = (index) => `member${index}`;
export const drawTransfer = ({ accounts, prefix = 'member' }) => {
  const from = Math.floor(Math.random() * accounts);
  const to = (from + 1 + Math.floor(Math.random() * (accounts - 1))) % accounts;
  return { fromAccount: `${prefix}${from}`, toAccount: `${prefix}${to}`, amount: '1' };
};

export async function makeAccounts({ client, token }, names) {
  const lane = async () => {
    for (let name = names.pop(); name; name = names.pop()) {
      await client.call('createAccount', { account: { name, displayName: name, currency: 'PTS', noMinimum: true } }, { token });
    }
  };
  await Promise.all(Array.from({ length: 32 }, lane));
}

export async function makeStack(accounts) {
  const stack = await Stack.start();
  const service = await stack.addService();
  await service.waitUntilReady();
  await stack.makeAdmin();
  const token = await stack.token('admin');
  const client = stack.client();
  await makeAccounts({ client, token }, Array.from({ length: accounts }, (_, index) => accountName(index)));
  return { stack, client, token, accounts };
}

/** Posts `rate` transfers a second for a while, a batch a tick; answers how many. */
export async function postAtRate(setup, rate, seconds) {
  const { client, token } = setup;
  const perTick = (rate * TICK_MS) / 1000;
  let posted = 0;
  const calls = [];
  const end = performance.now() + seconds * 1000;
  for await (const _ of setInterval(TICK_MS)) {
    if (performance.now() >= end) break;
    const requests = Array.from({ length: perTick }, () => drawTransfer(setup));
    calls.push(client.call('submitTransactions', { requests }, { token }));
    posted += perTick;
  }
  await Promise.all(calls);
  return posted;
}

/** CPU seconds of each program, of PostgreSQL, and bytes that edges received, while `work` runs. */
export async function during(setup, work) {
  const { stack } = setup;
  const look = () => ({
    service: stack.service.cpuSeconds(),
    edges: stack.edges.map((edge) => edge.cpuSeconds()),
    postgres: postgresCpuSeconds(stack.postgres),
    bytes: bytesFromService(stack),
  });
  const before = look();
  const count = await work();
  const after = look();
  return {
    count,
    serviceUs: ((after.service - before.service) * 1e6) / count,
    edgeUs: after.edges.map((seconds, index) => ((seconds - before.edges[index]) * 1e6) / count),
    postgresUs: ((after.postgres - before.postgres) * 1e6) / count,
    bytes: (after.bytes - before.bytes) / count / Math.max(1, stack.edges.length),
  };
}

function bytesFromService(stack) {
  const pids = stack.edges.map(({ pid }) => `pid=${pid},`);
  const port = stack.service.address.split(':')[1];
  const text = execFileSync('ss', ['-tinpHO', `dport = :${port}`], { encoding: 'utf8' });
  return text
    .split('\n')
    .filter((line) => pids.some((pid) => line.includes(pid)))
    .reduce((sum, line) => sum + Number(/bytes_received:(\d+)/.exec(line)?.[1] ?? 0), 0);
}

export const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** The slope of the line nearest to `[x, y]` points. */
export function slope(points) {
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, value]) => value))];
  return points.reduce((total, [at, value]) => total + (at - x) * (value - y), 0) / points.reduce((total, [at]) => total + (at - x) ** 2, 0);
}
