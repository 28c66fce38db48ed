// Tests that connections and frames above the edge's limits are refused with a reason, and counted.

import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { readMetrics } from './exposition.mjs';
import { stack, token } from './shared_stack.mjs';
import { Socket } from './socket.mjs';
import { waitUntil } from './waiting.mjs';

const WAIT_TIMEOUT_MS = 20_000;

/** Runs `use` with a separate edge. */
async function withEdge(flags, use) {
  const edge = await stack.addEdge(stack.service, flags);
  await edge.waitUntilReady();
  const sockets = [];
  const open = (options = {}) => {
    sockets.push(new Socket(edge, { token, ...options }));
    return sockets.at(-1);
  };
  try {
    await use({ edge, open });
  } finally {
    for (const socket of sockets) socket.webSocket.terminate();
    await stack.removeEdge(edge);
  }
}

const countOf = async (edge, name, label) =>
  (await readMetrics(edge)).get(name).samples.find(({ labels }) => Object.values(labels).includes(label)).value;
const refusalsOf = (edge, reason) => countOf(edge, 'ledgercast_edge_connections_refused_total', reason);

describe('connections that are refused are counted by why', () => {
  const refusedWith = (status) => async ({ open }) => {
    await (await open().opened()).next('authenticated');
    assert.equal(await open().refusal(), status);
  };
  const cases = {
    too_many: [['--max-sockets=1'], refusedWith(503)],
    too_many_of_address: [['--max-sockets-per-address=1'], refusedWith(429)],
    too_fast: [['--max-accepts-per-second=1'], refusedWith(503)],
    too_many_of_subject: [
      ['--max-sockets-per-subject=1'],
      async ({ open }) => {
        await (await open().opened()).next('authenticated');
        assert.equal((await open().closing()).code, 4429);
      },
    ],
    foreign_origin: [[], async ({ open }) => assert.equal(await open({ headers: { origin: 'https://evil.example' } }).refusal(), 403)],
  };
  for (const [reason, [flags, use]] of Object.entries(cases)) {
    test(reason, async () => {
      await withEdge(flags, async (place) => {
        assert.equal(await refusalsOf(place.edge, reason), 0);
        await use(place);
        assert.equal(await refusalsOf(place.edge, reason), 1);
      });
    });
  }

  test('flood', async () => {
    await withEdge(['--max-sockets=1'], async ({ edge }) => {
      const port = Number(new URL(edge.url).port);
      const silent = Array.from({ length: 100 }, () => connect({ port, host: '127.0.0.1' }).on('error', () => {}));
      await waitUntil('those who cannot even be told to be dropped', async () => (await refusalsOf(edge, 'flood')) >= 30, WAIT_TIMEOUT_MS);
      for (const socket of silent) socket.destroy();
    });
  });
});

describe('frames', () => {
  const FLAGS = ['--max-frames-per-second=20'];
  // Above five seconds' worth, plus what is refilled meanwhile.
  const ENOUGH = 100;
  const TOO_MANY = 1000;
  const ways = {
    messages: (socket) => socket.send('ping', 1),
    pings: (socket) => socket.webSocket.ping(),
    pongs: (socket) => socket.webSocket.pong(),
  };
  for (const [name, sendOne] of Object.entries(ways)) {
    test(`too many ${name} a second close the socket with an error that says so`, async () => {
      await withEdge(FLAGS, async ({ edge, open }) => {
        const socket = await open().opened();
        for (let n = 0; n < TOO_MANY; n += 1) sendOne(socket);
        const { error } = await socket.next('error');
        assert.deepEqual([error.code, error.reason, error.message], ['RESOURCE_EXHAUSTED', 'TOO_BUSY', 'too many frames a second']);
        assert.equal((await socket.closing()).code, 4429);
        await waitUntil('the close to be counted', async () => (await countOf(edge, 'ledgercast_edge_closes_total', '4429')) === 1, WAIT_TIMEOUT_MS);
      });
    });
  }

  test('a burst is answered', async () => {
    await withEdge(FLAGS, async ({ open }) => {
      const socket = await open().opened();
      for (let n = 0; n < ENOUGH; n += 1) socket.send('ping', n);
      for (let n = 0; n < ENOUGH; n += 1) assert.equal((await socket.next('pong')).data, n);
      assert.equal(socket.webSocket.readyState, 1);
    });
  });
});
