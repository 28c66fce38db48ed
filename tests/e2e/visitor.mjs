// A client that does all that clients do: it comes and goes, changes its transport and its edge with its
// cursor, stops reading, renews its tokens, or begins again from a cursor of an earlier time. Each
// beginning has a record of its own.

import { SocketReader, TRANSPORTS } from './readers.mjs';

export class Visitor {
  #token;
  #doing = Promise.resolve();
  #cursors = [''];
  #isPaused = false;

  /** `plan` as drawn by everything_plan.mjs; `doors` by number; `token` makes one good for that many seconds. */
  constructor(plan, doors, token) {
    this.plan = plan;
    this.doors = doors;
    this.connections = 0;
    this.refreshes = 0;
    /** `{ from, record }`: what came from that cursor on, or from where `now` was. */
    this.segments = [];
    this.#token = () => token(plan.viewer, plan.tokenSeconds);
    this.#begin(plan.after);
    this.#open(plan);
  }

  get record() {
    return this.segments.at(-1).record;
  }

  #begin(after) {
    this.segments.push({ from: after });
  }

  #open({ transport, door, way }) {
    const { from, record } = this.segments.at(-1);
    const { viewer, accounts } = this.plan;
    const name = `visitor ${this.plan.number} (${viewer}, ${transport}, door ${door}, stretch ${this.segments.length})`;
    const options = { name, token: this.#token, after: record?.cursor || from, accounts, way };
    this.reader = new TRANSPORTS[transport](this.doors[door], options);
    // It goes on with what it has.
    if (record) this.reader.record = Object.assign(record, { name });
    this.segments.at(-1).record = this.reader.record;
    this.reader.start();
  }

  async #close() {
    this.#resume();
    await this.reader.stop();
    this.connections += this.reader.connections;
    this.refreshes += this.reader.refreshes;
  }

  #resume() {
    if (this.#isPaused) this.reader.resume?.();
    this.#isPaused = false;
  }

  /** Does what it does in that step, each act when those before it are done. */
  live(step) {
    if (this.record.cursor) this.#cursors.push(this.record.cursor);
    for (const act of this.plan.acts.filter((one) => one.step === step)) this.#doing = this.#doing.then(() => this[act.kind](act));
    // Whoever waits for it is told of a failure.
    this.#doing.catch(() => {});
  }

  async catchUp(sequence, timeoutMs) {
    await this.#doing;
    await this.record.waitForSequence(sequence, timeoutMs);
  }

  // --- acts ---

  /** Its connection ends, and it comes back. */
  async drop() {
    await this.reader.endConnection();
    this.#isPaused = false;
  }

  /** Comes back by another way, with its cursor. */
  async move(way) {
    await this.#close();
    this.#open(way);
  }

  /** Forgets what it has since an earlier time; `share` of its time ago. */
  async rewind({ share, ...way }) {
    await this.#close();
    this.#begin(this.#cursors[Math.floor(this.#cursors.length * share)]);
    this.#open(way);
  }

  pause() {
    this.reader.pause?.();
    this.#isPaused = true;
  }

  resume() {
    this.#resume();
  }

  async refresh() {
    if (this.reader instanceof SocketReader) await this.reader.refresh();
  }

  watchAgain() {
    if (this.reader instanceof SocketReader) this.reader.watchAgain();
  }

  async stop() {
    await this.#doing.catch(() => {}); // told of by catchUp
    await this.#close();
  }
}
