// Something of everything that the programs count, over and over: transfers, refusals, readers of each
// transport, acknowledgements.

import { randomUUID } from 'node:crypto';
import { get } from '../e2e/http.mjs';
import { EventsReader, SocketReader } from '../e2e/readers.mjs';
import { Socket } from '../e2e/socket.mjs';
import { ADMIN } from '../e2e/stack.mjs';

const LANES = 4;

export class Traffic {
  #isStopped = false;
  #lanes = [];
  #readers = [];

  constructor(stack) {
    this.stack = stack;
  }

  async start() {
    const { stack } = this;
    const token = () => stack.token(ADMIN.username);
    this.#readers = [
      new SocketReader(stack.edge, { name: 'from the start', token, after: '' }).start(),
      new EventsReader(stack.edge, { name: 'by events', token, after: 'now' }).start(),
    ];
    const acknowledging = await new Socket(stack.edge, { token: await token() }).opened();
    acknowledging.onFrame = ({ state, data }) => {
      if (state === 'transactions') acknowledging.send('ack', { cursor: data.cursor });
    };
    acknowledging.send('watch', { after: 'now' });
    this.#readers.push({ stop: () => acknowledging.close() });
    const client = stack.client();
    this.#lanes = [
      ...Array.from({ length: LANES }, () => this.#repeat(async () => client.call('createTransaction', this.#transfer(), { token: await token() }))),
      this.#repeat(() => this.#beRefused(client)),
      this.#repeat(async () => get(stack.edge, '/v1/poll?wait=1&after=now', { token: await token() })),
      this.#repeat(async () => get(stack.edge, '/v1/accounts/ann', { token: await token() })),
    ];
  }

  #transfer() {
    return { id: randomUUID(), fromAccount: ADMIN.username, toAccount: 'ann', amount: '1' };
  }

  async #repeat(action) {
    while (!this.#isStopped) await action();
  }

  /** By the ledger, by the service's limit on guesses, and by the edge. */
  async #beRefused(client) {
    const expectRefusal = (call) => call.then(() => { throw new Error('it was not refused'); }, () => {});
    const token = await this.stack.token('ann');
    const tooMuch = { ...this.#transfer(), fromAccount: 'ann', amount: '1000000000' };
    await expectRefusal(client.call('createTransaction', tooMuch, { token }));
    // The call itself is OK.
    await client.call('submitTransactions', { requests: [tooMuch] }, { token });
    await expectRefusal(client.call('issueToken', { username: 'nobody', password: 'a guess' }));
    const stranger = await new Socket(this.stack.edge, { token: 'not a token' });
    await Promise.race([stranger.opened(), stranger.refused]);
    await stranger.close();
    const foreigner = new Socket(this.stack.edge, { token, headers: { origin: 'https://elsewhere.example' } });
    await foreigner.refusal();
  }

  async stop() {
    this.#isStopped = true;
    await Promise.all(this.#lanes);
    await Promise.all(this.#readers.map((reader) => reader.stop()));
  }
}
