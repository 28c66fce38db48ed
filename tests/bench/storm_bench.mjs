// Measures a real reconnect storm. An edge is killed, and its sockets move to the other edge as the client library
// does: after random waits below a bound that doubles. That edge accepts only a limited number per second. Prints one
// line of JSON, with which the simulation in k8s/sizing is compared.
//
//   node tests/bench/storm_bench.mjs        after `npm ci` in tests/e2e; build/release built

import { setTimeout as pause } from 'node:timers/promises';
import { Socket } from '../e2e/socket.mjs';
import { Stack } from '../e2e/stack.mjs';

const number = (name, fallback) => Number(process.env[name] ?? fallback);
const sockets = number('SOCKETS', 3_000);
const acceptsPerSecond = number('ACCEPTS', 500);
const BASE_MS = 500;
const CAP_MS = 20_000;

const stack = await Stack.startWithAccounts(['user1'], { edgeFlags: ['--max-accepts-per-second', '0'] });
const other = await stack.addEdge(stack.service, ['--max-accepts-per-second', String(acceptsPerSecond)]);
await other.waitUntilReady();
const token = await stack.token('user1');
const counts = { attempts: 0, refused: 0 };

/** Connects. `live` is the position at which it watches, or null if it ended before. */
function connect(edge, after) {
  const { webSocket: socket, refused } = new Socket(edge, { token, perMessageDeflate: false });
  const ended = Promise.race([new Promise((resolve) => socket.on('close', () => resolve(null))), refused.then(() => null)]);
  const watching = new Promise((resolve) => {
    socket.on('open', () => socket.send(JSON.stringify({ state: 'watch', data: { after } })));
    socket.on('message', (text) => {
      const { state, data } = JSON.parse(text);
      if (state === 'watching') resolve(data.after);
    });
  });
  return { socket, ended, live: Promise.race([watching, ended]) };
}

async function comeBack(cursor) {
  for (let attempts = 0; ; attempts++) {
    await pause(Math.random() * Math.min(CAP_MS, BASE_MS * 2 ** attempts));
    counts.attempts++;
    const { socket, live } = connect(other, cursor);
    if ((await live) !== null) return socket;
    counts.refused++;
  }
}

const before = [];
for (let index = 0; index < sockets; index += 100) {
  const some = Array.from({ length: Math.min(100, sockets - index) }, () => connect(stack.edge, 'now'));
  for (const each of some) before.push({ ended: each.ended, cursor: await each.live });
}
const cpu = other.cpuSeconds();
const liveAt = [];
const killedAt = performance.now();
const back = before.map(async ({ ended, cursor }) => {
  await ended;
  const socket = await comeBack(cursor);
  liveAt.push((performance.now() - killedAt) / 1000);
  return socket;
});
await stack.edge.kill();
const open = await Promise.all(back);
liveAt.sort((a, b) => a - b);
const at = (share) => Number(liveAt[Math.ceil(share * liveAt.length) - 1].toFixed(2));
console.log(JSON.stringify({
  sockets, acceptsPerSecond, halfLiveSeconds: at(0.5), mostLiveSeconds: at(0.9), allLiveSeconds: at(1), ...counts,
  edgeCpuSeconds: Number((other.cpuSeconds() - cpu).toFixed(2)),
}));
for (const socket of open) socket.terminate();
stack.edges.shift();
await stack.stop();
