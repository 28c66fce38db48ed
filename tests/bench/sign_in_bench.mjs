// Measures signing in while others guess passwords: how long an honest sign-in takes before, during
// and after an attack of RATE guesses per second from four addresses. PostgreSQL, service and edge
// are real. The guesser is a process of its own at low priority.
//
//   node tests/bench/sign_in_bench.mjs [WAY...]   after `npm ci` in tests/e2e; build/release built, or
//                                                 LEDGERCAST_BIN set to the folder of other programs
//
//   WAY         `service`: guesses by gRPC; `edge`: guesses by POST /v1/token; both by default
//   SECONDS     how long the attack lasts; 20 by default
//   RATE        guesses per second; 1000 by default
//
// Half of the guesses are for the username of the honest sign-in, the others for names that never
// existed. Every guess waits at most five seconds for its answer. "first good" is the time from the
// attack's end to the first sign-in that is as quick as the slowest one before the attack.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { post } from '../e2e/http.mjs';
import { passwordOf, Stack } from '../e2e/stack.mjs';
import { startGuessing } from './guesser.mjs';
import { quantile } from './latencies.mjs';

const number = (name, fallback) => Number(process.env[name] ?? fallback);
const SECONDS = number('SECONDS', 20);
const RATE = number('RATE', 1000);
const CALM_SECONDS = 5;
const VICTIM = 'ann';
const HONEST_EVERY_MS = 500;

if (process.send !== undefined) {
  setPriority(constants.priority.PRIORITY_LOW);
  process.once('message', async (plan) => {
    process.send(await startGuessing(plan), () => process.exit());
  });
} else {
  const ways = process.argv.slice(2);
  const rows = [];
  for (const way of ways.length > 0 ? ways : ['service', 'edge']) rows.push(await measure(way));
  console.table(rows);
}

async function measure(way) {
  const stack = await Stack.startWithAccounts([VICTIM, 'bob']);
  try {
    const client = stack.client();
    const phases = { before: [], during: [], after: [] };
    const failures = { before: 0, during: 0, after: 0 };
    let phase = 'before';
    let over = false;
    let attackEnd = Infinity;
    let firstGood = null;
    const waits = [];
    const signIn = async (username) => {
      const start = performance.now();
      const of = phase;
      const took = () => performance.now() - start;
      const credentials = { username, password: passwordOf(username) };
      const good = await (way === 'edge'
        ? post(stack.edge, '/v1/token', credentials).then(({ status }) => status === 200)
        : client.call('issueToken', credentials).then(() => true)
      ).catch(() => false);
      if (good) phases[of].push(took());
      else failures[of] += 1;
      if (good && of === 'after' && firstGood === null && took() <= Math.max(...phases.before)) firstGood = performance.now() - attackEnd;
    };
    const honest = (async () => {
      for (let count = 0; !over; count += 1) {
        waits.push(signIn(count % 2 === 0 ? VICTIM : 'bob'));
        await pause(HONEST_EVERY_MS);
      }
    })();
    await pause(CALM_SECONDS * 1000);

    const guesser = fork(fileURLToPath(import.meta.url));
    const guesses = once(guesser, 'message');
    phase = 'during';
    const address = way === 'edge' ? new URL(stack.edge.url).host : stack.service.address;
    guesser.send({ way, address, rate: RATE, seconds: SECONDS, victim: VICTIM });
    await pause(SECONDS * 1000);
    phase = 'after';
    attackEnd = performance.now();
    await pause(CALM_SECONDS * 1000);
    over = true;
    await honest;
    await Promise.all(waits);
    const [outcomes] = await guesses;
    const row = { way, guesses: outcomes.sent, ...outcomes.answers };
    for (const [name, values] of Object.entries(phases)) {
      row[`${name} p50 ms`] = quantile(values, 0.5);
      row[`${name} p99 ms`] = quantile(values, 0.99);
      row[`${name} failed`] = `${failures[name]}/${failures[name] + values.length}`;
    }
    row['first good ms'] = firstGood === null ? 'none' : firstGood.toFixed(0);
    console.log(JSON.stringify(row));
    return row;
  } finally {
    await stack.stop();
  }
}
