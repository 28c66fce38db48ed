// Stops an edge while it is busy, many times. It has all kinds of clients, requests on their way to the service, and
// questions between its shards. It must end well each time. The edge with sanitizers is used if it is built, as
// ./test.sh does.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { get, post } from './http.mjs';
import { repository } from './processes.mjs';
import { random } from './random.mjs';
import { Socket } from './socket.mjs';
import { Stack } from './stack.mjs';
import { waitUntil, within } from './waiting.mjs';

const STOPS = process.env.LEDGERCAST_SOAK ? 100 : 6;
const SANITIZED = join(repository, 'build/dev/bin/ledgercast-edge');
const LANES = 4;
// Number of answers to each kind of request, after which the edge is stopped at a random moment.
const ANSWERS_BEFORE = 10;
const LOAD_MS_MAX = 300;
const STOP_TIMEOUT_MS = 60_000;
const RING_FLAG = '--ring-transactions=512';
const ROWS = 1000;

let stack;
let tokens;

before(async () => {
  stack = await Stack.startWithoutEdge(['ann'], { serviceFlags: [RING_FLAG] });
  tokens = { admin: await stack.token('admin'), ann: await stack.token('ann') };
  const requests = Array.from({ length: ROWS / 2 }, () => ({ fromAccount: 'ann', toAccount: 'admin', amount: '1' }));
  for (let n = 0; n < 2; n += 1) await stack.client().call('submitTransactions', { requests }, { token: tokens.admin });
});
after(() => stack?.stop());

/** Loads the edge until it is gone. */
class Load {
  answered = {};
  #isOver = false;
  #loops;

  constructor(edge) {
    const kinds = {
      poll: () => get(edge, '/v1/poll?after=now&wait=1', { token: tokens.ann }),
      pollFromTheBeginning: () => get(edge, '/v1/poll?after=', { token: tokens.ann }),
      status: () => get(edge, '/v1/status', { token: tokens.admin }),
      list: () => get(edge, '/v1/transactions', { token: tokens.ann }),
      transfer: () => post(edge, '/v1/transactions', { fromAccount: 'ann', toAccount: 'admin', amount: '1' }, { token: tokens.ann }),
      madeUpKey: () => get(edge, '/v1/transactions', { token: `${Buffer.from(`{"alg":"EdDSA","kid":"${random(2 ** 31)}"}`).toString('base64url')}.e30.e30` }),
      events: () => get(edge, '/v1/events?after=', { token: tokens.admin, signal: AbortSignal.timeout(100) }),
      socket: () => this.#watch(edge),
    };
    this.#loops = Object.entries(kinds).flatMap(([name, ask]) => Array.from({ length: LANES }, () => this.#repeat(name, ask)));
  }

  async #repeat(name, ask) {
    this.answered[name] = 0;
    while (!this.#isOver) {
      await ask().catch(() => {}); // the edge may be gone
      this.answered[name] += 1;
    }
  }

  async #watch(edge) {
    const socket = await new Socket(edge, { token: tokens.ann }).opened();
    for (const after of ['', 'now']) socket.send('watch', { after });
    socket.send('listTransactions', {}, 1);
    await socket.next('transactions');
    await socket.close();
  }

  isGoing() {
    return Object.values(this.answered).every((count) => count >= ANSWERS_BEFORE);
  }

  async stop() {
    this.#isOver = true;
    await Promise.all(this.#loops);
  }
}

for (const drain of ['0', undefined]) {
  test(`stopped ${STOPS} times under load, with ${drain === undefined ? 'the usual time to drain' : 'no time to drain'}`, async (t) => {
    const name = existsSync(SANITIZED) ? SANITIZED : 'ledgercast-edge';
    t.diagnostic(name);
    for (let n = 0; n < STOPS; n += 1) {
      const edge = await stack.addEdge(stack.service, [RING_FLAG, '--threads=2', ...(drain === undefined ? [] : [`--drain-timeout-ms=${drain}`])], { name });
      await edge.waitUntilReady();
      const load = new Load(edge);
      await waitUntil('each kind of request to be answered', () => load.isGoing(), STOP_TIMEOUT_MS);
      await new Promise((resolve) => setTimeout(resolve, random(LOAD_MS_MAX)));
      edge.child.kill('SIGTERM');
      const [code, signal] = await within('the edge to stop', edge.ended, STOP_TIMEOUT_MS);
      await load.stop();
      stack.edges.splice(stack.edges.indexOf(edge), 1);
      assert.deepEqual([code, signal], [0, null], edge.lastLog());
    }
  });
}
