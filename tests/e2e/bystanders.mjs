// Bystanders of an attack: readers of every transport at an edge of their own, transfers that flow, and
// what the edge takes of memory and files meanwhile.

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

  /** `stack` has a service and the accounts ann and bob. They leave at the end of the test `t`. */
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
    // Whoever waits for it is told of a failure.
    bystanders.#posting.catch(() => {});
    return bystanders;
  }

  #openReaders() {
    const open = (Reader, viewer) => {
      const name = `${viewer} by ${Reader.name}`;
      return { viewer, reader: new Reader(this.edge, { name, token: () => this.#stack.token(viewer) }).start() };
    };
    this.lasting = [open(SocketReader, 'ann'), open(SocketReader, 'admin'), open(EventsReader, 'bob'), open(EventsReader, 'admin')];
    // Each poll is a connection of its own.
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

  /** There and back. */
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

  /** Whatever was reached. */
  async stop() {
    this.#isOver = true;
    clearInterval(this.#timer);
    await this.#posting?.catch(() => {}); // told of by check
    await Promise.all(this.all.map(({ reader }) => reader.stop()));
    if (this.#stack.edges.includes(this.edge)) await this.#stack.removeEdge(this.edge);
  }

  /** Ends the attack: everybody has everything, nobody was sent away for it, and the edge did not grow. */
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
