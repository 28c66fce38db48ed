// Attackers strike as often as they are told to, each time by a connection of its own that does what
// `strike`, one of attack_kinds.mjs, does, and count how these end.

import { connect } from 'node:net';
import { closeCodeOf } from './raw_frames.mjs';
import { within } from './waiting.mjs';

// What decides comes first, and a close frame last.
const RECEIVED_BYTES_KEPT = 4096;

export class Attackers {
  #port;
  #strike;
  #open = new Set();
  #waiting = new Set();

  constructor(edge, strike, options = {}) {
    this.#port = Number(new URL(edge.url).port);
    this.#strike = strike;
    this.options = options;
    this.begun = 0;
    this.ended = 0;
    this.mostOpen = 0;
    /** How often each: the status or close code that came, or `dropped` without any. */
    this.outcomes = {};
  }

  get open() {
    return this.#open.size;
  }

  /** Begins one more. */
  strike() {
    const number = this.begun++;
    const socket = connect({ port: this.#port, host: '127.0.0.1' });
    this.#open.add(socket);
    this.mostOpen = Math.max(this.mostOpen, this.#open.size);
    socket.received = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (piece) => {
      const received = Buffer.concat([socket.received, piece]);
      socket.status ??= /^HTTP\/1\.1 (\d{3})/.exec(received.toString('latin1'))?.[1];
      socket.received = received.subarray(-RECEIVED_BYTES_KEPT);
    });
    socket.on('close', () => this.#count(socket));
    this.#strike(socket, { ...this.options, number });
  }

  /** Keeps so many open, beginning one for each that ends, until `stop`. */
  keep(count) {
    this.kept = count;
    while (this.#open.size < count) this.strike();
  }

  #count(socket) {
    this.#open.delete(socket);
    this.ended += 1;
    const upgraded = socket.status === '101';
    const outcome = (upgraded ? closeCodeOf(socket.received) : socket.status) ?? 'dropped';
    this.outcomes[outcome] = (this.outcomes[outcome] ?? 0) + 1;
    for (const look of this.#waiting) look();
    if (this.open < this.kept) this.strike();
  }

  /** Until that many have ended. */
  async waitForEnds(count, timeoutMs) {
    const reached = new Promise((resolve) => {
      const look = () => this.ended >= count && resolve();
      this.#waiting.add(look);
      look();
    });
    await within(`${count} of ${this.begun} attackers to be sent away`, reached, timeoutMs);
  }

  stop() {
    this.kept = 0;
    for (const socket of this.#open) socket.destroy();
  }
}
