// A client that does everything that clients do. It comes and goes, changes its transport and its edge with its
// cursor, stops reading, renews its tokens, or starts again from an earlier cursor. Each start has its own record.

import { SocketReader, TRANSPORTS } from './readers.mjs';

export class Visitor {
  #token;
  #doing = Promise.resolve();
  #cursors = [''];
  #isPaused = false;

  /**
   * Makes a visitor. `plan` comes from everything_plan.mjs, `doors` are numbered, and `token` makes one that is valid
   * for the given seconds.
   */
  constructor(plan, doors, token) {
    this.plan = plan;
    this.doors = doors;
    this.connections = 0;
    this.refreshes = 0;
    /** `{ from, record }` of each start: what came after that cursor, or after where `now` was. */
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
    // The new reader continues the old record.
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

  /** Does what the plan says for that step. Each act begins when the ones before it are done. */
  live(step) {
    if (this.record.cursor) this.#cursors.push(this.record.cursor);
    for (const act of this.plan.acts.filter((one) => one.step === step)) this.#doing = this.#doing.then(() => this[act.kind](act));
    // A failure is reported where the promise is awaited.
    this.#doing.catch(() => {});
  }

  async catchUp(sequence, timeoutMs) {
    await this.#doing;
    await this.record.waitForSequence(sequence, timeoutMs);
  }

  // --- acts ---

  /** Ends its connection and comes back. */
  async drop() {
    await this.reader.endConnection();
    this.#isPaused = false;
  }

  /** Comes back by another way, with its cursor. */
  async move(way) {
    await this.#close();
    this.#open(way);
  }

  /** Forgets what it received since an earlier time, which `share` selects. */
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
