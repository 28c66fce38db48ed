// One client of the crowd: follows the log over WebSockets through the balancer, by the contract. It
// leaves when it is told to, comes back when it was asked to, and notes how that went.

import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { Record } from '../e2e/record.mjs';
import { Socket } from '../e2e/socket.mjs';
import { Copy } from './copy.mjs';

// Where nobody said when to come back: full jitter, as @ledgercast/client does it.
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 20_000;

export class Follower {
  #tries = 0;
  #loop;

  /** `edge` has a streamUrl; `onRows(rows, isAway)` is told of what arrives that is new. */
  constructor({ edge, name, subject, isAdmin, token, onRows = () => {} }) {
    Object.assign(this, { edge, name, subject, token, onRows });
    this.record = new Record(name);
    this.record.rows = this.copy = new Copy(subject, isAdmin);
    /** Each time that it lost its connection: why, and when it was back. */
    this.returns = [];
    this.isStopped = false;
  }

  start() {
    this.#loop = this.#run();
    return this;
  }

  async stop() {
    this.isStopped = true;
    await this.socket?.close();
    await this.#loop;
  }

  async #run() {
    while (!this.isStopped && !this.record.failure) {
      const end = await this.#visit();
      if (this.isStopped) return;
      const back = this.#noteEnd(end);
      await pause(back);
    }
  }

  /** One connection from its beginning to its end. */
  async #visit() {
    this.goingAway = undefined;
    this.openedAt = undefined;
    this.socket = new Socket(this.edge, { token: this.token, perMessageDeflate: false });
    const { webSocket, closed, refused } = this.socket;
    this.socket.onFrame = (frame) => this.#take(frame);
    webSocket.on('open', () => this.socket.send('watch', { after: this.record.cursor }));
    const end = await Promise.race([closed, refused.then((status) => ({ code: 1006, reason: `refused with ${status}`, status }))]);
    return { ...end, error: this.socket.error?.code };
  }

  #take({ state, data, error }) {
    try {
      if (state === 'watching') return this.#begin(data);
      if (state === 'transactions' || state === 'progress') return this.#accept(data);
      if (state === 'goingAway') return (this.goingAway = { at: Date.now(), reconnectAfterMs: Number(data.reconnectAfterMs) });
      // The edge closes the socket if it cannot go on.
      if (state === 'authenticated' || error?.code === 'UNAVAILABLE') return undefined;
      throw new Error(`${this.name} received an unexpected frame ${state} ${JSON.stringify(error ?? data)}`);
    } catch (failure) {
      this.record.fail(failure);
      return this.socket.webSocket.terminate();
    }
  }

  #begin({ after }) {
    this.openedAt = Date.now();
    this.#tries = 0;
    this.record.beginAt(after);
    if (this.isAway) this.returns.at(-1).backAt = this.openedAt;
    this.record.changes.emit('change');
  }

  #accept(data) {
    const before = this.copy.count;
    this.record.accept(data);
    const rows = this.copy.count - before;
    if (rows > 0) this.onRows(data.transactions.slice(-rows), this.openedAt);
  }

  /** Answers how long to stay away. */
  #noteEnd({ code, status, error }) {
    const now = Date.now();
    if (this.openedAt !== undefined) {
      this.returns.push({ name: this.name, by: this.goingAway && code === 1001 ? 'goingAway' : 'cut', code, leftAt: this.goingAway?.at ?? now, askedMs: this.goingAway?.reconnectAfterMs, failures: [] });
      if (this.goingAway) return Math.max(0, this.goingAway.at + this.goingAway.reconnectAfterMs - now);
    } else {
      this.#noteFailure({ at: now, why: status ?? error ?? code });
    }
    return Math.random() * Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#tries++);
  }

  /** It did not get in. */
  #noteFailure(failure) {
    const last = this.returns.at(-1);
    if (last) last.failures.push(failure);
    else this.returns.push({ name: this.name, by: 'first', leftAt: failure.at, failures: [failure] });
  }

  /** Until it watches for the first time. */
  async watching() {
    while (this.openedAt === undefined) {
      if (this.record.failure) throw this.record.failure;
      await once(this.record.changes, 'change');
    }
  }

  /** It has lost its connection, and has no other one yet. */
  get isAway() {
    const last = this.returns.at(-1);
    return last !== undefined && last.backAt === undefined;
  }

  summary() {
    const { sequence, repeats, failure } = this.record;
    return { name: this.name, subject: this.subject, sequence, repeats, failure: failure?.message, returns: this.returns, ...this.copy.summary() };
  }
}
