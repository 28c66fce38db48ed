// Measures the time from commit to socket, with a real PostgreSQL, service and edge on this machine.
// SOCKETS sockets of an admin all receive every transaction, at RATE transfers per second for
// SECONDS. The time starts at the transaction's create_time, which the poster sets just before it
// writes, so it includes the commit.
//
//   node tests/bench/latency_bench.mjs        after `npm ci` in tests/e2e; build/release built

import { setInterval } from 'node:timers/promises';
import { Socket } from '../e2e/socket.mjs';
import { Stack } from '../e2e/stack.mjs';
import { latenciesMsOf, quantile } from './latencies.mjs';

const number = (name, fallback) => Number(process.env[name] ?? fallback);
const sockets = number('SOCKETS', 100);
const rate = number('RATE', 50);
const seconds = number('SECONDS', 10);

const stack = await Stack.startWithAccounts(['user1'], { points: 1000 });
try {
  const client = stack.client();
  const token = await stack.token('admin');
  const latenciesMs = [];
  const readers = [];
  for (let index = 0; index < sockets; index++) {
    const socket = new Socket(stack.edge, { token });
    await socket.opened();
    socket.send('watch', { after: 'now' });
    await socket.next('watching');
    socket.onFrame = ({ state, data }) => {
      if (state !== 'transactions') return;
      latenciesMs.push(...latenciesMsOf(data));
    };
    readers.push(socket);
  }
  const answersMs = [];
  let posted = 0;
  for await (const _ of setInterval(1000 / rate)) {
    if (posted++ >= rate * seconds) break;
    const asked = performance.now();
    client
      .call('createTransaction', { fromAccount: 'admin', toAccount: 'user1', amount: 1 }, { token })
      .then(() => answersMs.push(performance.now() - asked));
  }
  const wanted = rate * seconds * sockets;
  const deadline = performance.now() + 30_000;
  for await (const _ of setInterval(20)) {
    if (latenciesMs.length >= wanted) break;
    if (performance.now() > deadline) throw new Error(`${latenciesMs.length} of ${wanted} deliveries arrived`);
  }
  report(`create_time to socket, ${sockets} sockets, ${rate} transfers/s, ${latenciesMs.length} deliveries`, latenciesMs);
  report('CreateTransaction, request to answer', answersMs);
  for (const socket of readers) await socket.close();
} finally {
  await stack.stop();
}

function report(what, valuesMs) {
  const at = (share) => quantile(valuesMs, share);
  console.log(`${what}: p50 ${at(0.5)} ms, p90 ${at(0.9)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`);
}
