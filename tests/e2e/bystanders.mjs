// Runs ordinary clients during an attack: readers of every transport at their own edge, and transfers. Measures the
// memory and files that the edge needs meanwhile.

import assert from 'node:assert/strict';
import { checkRecord, readHistory } from './history.mjs';
import { EventsReader, PollReader, SocketReader } from './readers.mjs';

const MEGABYTE = 1 << 20;
const RSS_GROWTH_BYTES_MAX = 64 * MEGABYTE;
const SAMPLE_MS = 20;
const FIRST_TRANSFERS = 10;

export class Bystanders {
  #stack;
  #isOver = false;
  #posting;
  #timer;

  /** Starts them. `stack` must have a service and the accounts ann and bob. They leave at the end of the test `t`. */
  static async start(t, stack, edgeFlags) {
    const bystanders = new Bystanders();
    bystanders.#stack = stack;
    bystanders.edge = await stack.addEdge(stack.service, edgeFlags);
    await bystanders.edge.waitUntilReady();
    bystanders.#openReaders();
    t.after(() => bystanders.stop());
    bystanders.posted = 0;
    bystanders.client = stack.client();
    for (let n = 0; n < FIRST_TRANSFERS; n += 1) await bystanders.post();
    await bystanders.#catchUp();
    bystanders.#measure();
    bystanders.#posting = bystanders.#keepPosting();
    // A failure is reported where the promise is awaited.
    bystanders.#posting.catch(() => {});
    return bystanders;
  }

  #openReaders() {
    const open = (Reader, viewer) => {
      const name = `${viewer} by ${Reader.name}`;
      return { viewer, reader: new Reader(this.edge, { name, token: () => this.#stack.token(viewer) }).start() };
    };
    this.lasting = [open(SocketReader, 'ann'), open(SocketReader, 'admin'), open(EventsReader, 'bob'), open(EventsReader, 'admin')];
    // Each poll has its own connection.
    this.all = [...this.lasting, open(PollReader, 'admin')];
  }

  #measure() {
    this.before = { rss: this.edge.rssBytes(), files: this.edge.openFiles() };
    this.most = { ...this.before };
    this.#timer = setInterval(() => {
      this.most.rss = Math.max(this.most.rss, this.edge.rssBytes());
      this.most.files = Math.max(this.most.files, this.edge.openFiles());
    }, SAMPLE_MS);
  }

  get openedFiles() {
    return this.most.files - this.before.files;
  }

  /** Posts a transfer there and back. */
  async post(metadata = {}) {
    const token = await this.#stack.token('admin');
    for (const [fromAccount, toAccount] of [['ann', 'bob'], ['bob', 'ann']]) {
      await this.client.call('createTransaction', { fromAccount, toAccount, amount: '1', metadata }, { token });
      this.posted += 1;
    }
  }

  async #keepPosting() {
    while (!this.#isOver) await this.post();
  }

  async #catchUp() {
    const head = (await readHistory(this.#stack.postgres)).length;
    await Promise.all(this.all.map(({ reader }) => reader.record.waitForSequence(head)));
  }

  /** Stops whatever was started. */
  async stop() {
    this.#isOver = true;
    clearInterval(this.#timer);
    await this.#posting?.catch(() => {}); // told of by check
    await Promise.all(this.all.map(({ reader }) => reader.stop()));
    if (this.#stack.edges.includes(this.edge)) await this.#stack.removeEdge(this.edge);
  }

  /** Ends the attack. Checks that every reader has everything, that none was sent away, and that the edge did not grow. */
  async check(t, attackers) {
    this.#isOver = true;
    await this.#posting;
    await this.#catchUp();
    attackers.stop();
    await this.stop();
    const growth = this.most.rss - this.before.rss;
    t.diagnostic(`${attackers.begun} connections, ${attackers.mostOpen} at a time, ended with ${JSON.stringify(attackers.outcomes)}`);
    t.diagnostic(`the edge grew by ${Math.round(growth / MEGABYTE)} MB to ${Math.round(this.most.rss / MEGABYTE)} MB; ${this.posted} transfers beside`);
    const history = await readHistory(this.#stack.postgres);
    for (const { viewer, reader } of this.all) {
      checkRecord(reader.record, history, { viewer, isAdmin: viewer === 'admin' });
    }
    for (const { reader } of this.lasting) assert.equal(reader.connections, 1, `${reader.record.name} was sent away`);
    assert.ok(growth < RSS_GROWTH_BYTES_MAX, `the edge grew by ${growth} bytes`);
  }
}
