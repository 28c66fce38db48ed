// Measures what members cost an edge, each with a socket and an account of its own: connecting, waiting, and
// receiving transactions. Also measures members who connect to an edge that does not know them.

import { setTimeout as pause } from 'node:timers/promises';
import { Forger } from '../../e2e/forged_tokens.mjs';
import { Socket } from '../../e2e/socket.mjs';
import { waitUntil } from '../../e2e/waiting.mjs';
import { accountName, during, makeAccounts, makeStack, MEMBERS, postAtRate, round, say, SECONDS, slope } from './setup.mjs';

const RATES = [500, 1_000, 2_000];
const STRANGERS = 50;

const makeStrangers = (setup) => makeAccounts(setup, Array.from({ length: STRANGERS }, (_, index) => `stranger${index}`));

async function openMembers(setup, template) {
  const { stack } = setup;
  const now = Math.floor(Date.now() / 1000);
  const counts = { deliveries: 0, frames: 0, bytes: 0 };
  const names = Array.from({ length: setup.accounts }, (_, index) => accountName(index));
  const sockets = [];
  const lane = async () => {
    for (let name = names.pop(); name; name = names.pop()) {
      const token = template.make({ claims: { sub: name, iat: now, exp: now + 800 } });
      const socket = await new Socket(stack.edge, { token, perMessageDeflate: false }).opened();
      socket.send('watch', { after: 'now' });
      await socket.next('watching');
      socket.webSocket.removeAllListeners('message');
      socket.webSocket.on('message', (text) => {
        const { state, data } = JSON.parse(text);
        if (state !== 'transactions') return;
        counts.frames++;
        counts.bytes += text.length;
        counts.deliveries += data.transactions.length;
      });
      sockets.push(socket);
    }
  };
  await Promise.all(Array.from({ length: 50 }, lane));
  return { sockets, counts };
}

/** Measures the cost of waiting sockets: first nothing is posted, then transactions that none of them may see. */
async function measureWaiting(setup, sockets) {
  const { edge } = setup.stack;
  for (const rate of [0, 100]) {
    const cpu = edge.cpuSeconds();
    const began = performance.now();
    if (rate > 0) await postAtRate({ ...setup, accounts: STRANGERS, prefix: 'stranger' }, rate, SECONDS * 2);
    else await pause(SECONDS * 2000);
    const seconds = (performance.now() - began) / 1000;
    say({ part: 'members', waiting: sockets.length, strangersRate: rate, edgeCpuShare: round((edge.cpuSeconds() - cpu) / seconds, 4) });
  }
}

export async function measureMembers() {
  const setup = await makeStack(MEMBERS);
  await makeStrangers(setup);
  const { stack } = setup;
  const template = await memberTemplate(setup);
  const edge = await stack.addEdge(stack.service, ['--max-accepts-per-second', '0']);
  await edge.waitUntilReady();
  const before = edge.rssBytes();
  const warm = await postAtRate(setup, 2_000, SECONDS * 2);
  say({ part: 'members', ringBytesATransaction: round((edge.rssBytes() - before) / warm, 0), transactions: warm });
  const alone = new Map();
  for (const rate of RATES) alone.set(rate, (await during(setup, () => postAtRate(setup, rate, SECONDS))).edgeUs[0]);
  const closed = edge.rssBytes();
  const cpu = edge.cpuSeconds();
  const { sockets, counts } = await openMembers(setup, template);
  say({
    part: 'members', sockets: sockets.length, bytesASocket: round((edge.rssBytes() - closed) / sockets.length, 0),
    openCpuUs: round(((edge.cpuSeconds() - cpu) * 1e6) / sockets.length),
  });
  await measureWaiting(setup, sockets);
  const points = [];
  for (const rate of RATES) {
    Object.assign(counts, { deliveries: 0, frames: 0, bytes: 0 });
    const busy = await during(setup, async () => {
      const count = await postAtRate(setup, rate, SECONDS);
      await waitUntil('members to have all', () => counts.deliveries >= 2 * count, 20_000);
      return count;
    });
    points.push([2 * rate, rate * (busy.edgeUs[0] - alone.get(rate))]);
    say({
      part: 'members', rate, sockets: sockets.length, deliveries: counts.deliveries,
      edgeCpuUsATransactionAlone: round(alone.get(rate)), edgeCpuUsATransaction: round(busy.edgeUs[0]),
      bytesADelivery: round(counts.bytes / counts.deliveries, 0), deliveriesAFrame: round(counts.deliveries / counts.frames),
    });
  }
  say({ part: 'members', cpuUsADelivery: round(slope(points)) });
  for (const socket of sockets) socket.webSocket.terminate();
  await measureStrangerEdge(setup, template);
  await stack.stop();
}

/** Connects members to an edge that has just started, so that it asks the service once for each member's balance. */
async function measureStrangerEdge(setup, template) {
  const { stack } = setup;
  await stack.removeEdge(stack.edge);
  await (await stack.addEdge(stack.service, ['--max-accepts-per-second', '0'])).waitUntilReady();
  const began = performance.now();
  let opened;
  const { serviceUs, edgeUs, postgresUs } = await during(setup, async () => {
    opened = await openMembers(setup, template);
    return MEMBERS;
  });
  say({
    part: 'members', ofAStrangerEdge: MEMBERS, edgeCpuUs: round(edgeUs[0]), serviceCpuUs: round(serviceUs),
    postgresCpuUs: round(postgresUs), opensASecond: round((MEMBERS * 1000) / (performance.now() - began), 0),
  });
  for (const socket of opened.sockets) socket.webSocket.terminate();
}

/** Returns a forger that makes the members' tokens from one member's token. */
async function memberTemplate({ stack, client, token }) {
  await client.call('createAccount', { account: { name: 'template', displayName: 'template', currency: 'PTS' }, password: 'template of the tests' }, { token });
  return new Forger(stack, await stack.token('template'));
}
