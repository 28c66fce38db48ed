// Records what one reader of the log has received, by the contract's rule for clients. A batch whose `after` is ahead
// of the reader's position means a gap. A row at or below the position is a repeat.

import { EventEmitter, once } from 'node:events';
import { within } from './waiting.mjs';

/** Parses `<ledger>.<check>.<sequence>`. The empty cursor is the beginning. */
export function parseCursor(cursor) {
  if (cursor === '') return { ledger: '', check: '', sequence: 0 };
  const match = /^([0-9a-f]{16})\.([0-9a-f]{16})\.(0|[1-9][0-9]*)$/.exec(cursor);
  if (!match) throw new Error(`not a cursor: ${cursor}`);
  return { ledger: match[1], check: match[2], sequence: Number(match[3]) };
}

export class Record {
  constructor(name, cursor = '') {
    this.name = name;
    this.cursor = cursor;
    this.start = this.sequence;
    this.rows = [];
    this.repeats = 0;
    this.isLive = false;
    this.failure = undefined;
    this.changes = new EventEmitter().setMaxListeners(0);
  }

  get sequence() {
    return parseCursor(this.cursor).sequence;
  }

  /** Sets where the log begins for a reader that has no position yet. */
  beginAt(cursor) {
    if (this.cursor !== '') return;
    this.cursor = cursor;
    this.start = this.sequence;
  }

  /** Adds a WatchTransactionsResponse, or the data of a `transactions` or `progress` frame. */
  accept({ transactions = [], after, cursor, live }) {
    const position = parseCursor(this.cursor);
    const from = parseCursor(after);
    const to = parseCursor(cursor);
    this.#require(from.sequence <= position.sequence, `a gap: at ${this.cursor}, got rows after ${after}`);
    this.#require(from.sequence !== position.sequence || !position.check || !from.check || from.check === position.check,
      `another history: at ${this.cursor}, got rows after ${after}`);
    this.#require(from.sequence <= to.sequence, `a batch that goes backwards: ${after} to ${cursor}`);
    let last = from.sequence;
    for (const row of transactions) {
      const sequence = Number(row.sequence);
      this.#require(sequence > last && sequence <= to.sequence, `row ${sequence} in the batch from ${after} to ${cursor}, behind ${last}`);
      last = sequence;
      if (sequence > position.sequence) this.rows.push(row);
      else this.repeats += 1;
    }
    if (to.sequence >= position.sequence) this.cursor = cursor;
    if (live !== undefined) this.isLive = live;
    this.changes.emit('change');
  }

  #require(holds, message) {
    if (holds) return;
    this.fail(new Error(`${this.name} received ${message}`));
    throw this.failure;
  }

  fail(error) {
    this.failure ??= error;
    this.changes.emit('change');
  }

  /** Waits until the received data makes `condition` true. */
  async waitFor(what, condition, timeoutMs = 20_000) {
    const reached = async () => {
      while (!condition(this)) {
        if (this.failure) throw this.failure;
        await once(this.changes, 'change');
      }
      if (this.failure) throw this.failure;
    };
    await within(`${this.name} (at ${this.cursor}, ${this.rows.length} rows) to receive ${what}`, reached(), timeoutMs);
  }

  waitForSequence(sequence, timeoutMs) {
    return this.waitFor(`everything up to ${sequence}`, () => this.sequence >= sequence, timeoutMs);
  }

  waitForRow(id, timeoutMs) {
    return this.waitFor(`transaction ${id}`, () => this.rows.some((row) => row.id === id), timeoutMs);
  }
}
