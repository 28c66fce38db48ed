// A gate between two programs on loopback. It can hold, slow, cut or refuse traffic, as a failing network does. When
// it holds, neither side is told: each sees only that the other is silent.

import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

const PIECES_A_SECOND = 50;

// A Unix socket cannot be reset. A reset while the end is being sent leaves Node with a handle that keeps it from
// exiting.
const breakOff = (socket) => (socket.remoteFamily && !socket.writableEnded ? socket.resetAndDestroy() : socket.destroy());

export class Gate {
  #server;
  #target;
  #pairs = new Set();
  #isOpen = true;
  #released = Promise.resolve();
  #release = () => {};
  #delayMs = 0;
  #pieceBytes = Infinity;

  /** Opens a gate to `target` at `listen`, which are arguments of node:net's connect() and listen(). */
  static async open(target, listen = { host: '127.0.0.1', port: 0 }) {
    const gate = new Gate();
    gate.#target = target;
    if (listen.path) rmSync(listen.path, { force: true });
    gate.#server = createServer({ allowHalfOpen: true }, (client) => gate.#accept(client));
    gate.#server.listen(listen);
    await once(gate.#server, 'listening');
    return gate;
  }

  get port() {
    return this.#server.address().port;
  }

  // With these members a gate can be used in place of the edge behind it.

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  get streamUrl() {
    return `ws://127.0.0.1:${this.port}/v1/stream`;
  }

  #accept(client) {
    if (!this.#isOpen) return breakOff(client);
    const upstream = connect({ ...this.#target, allowHalfOpen: true });
    const ended = new AbortController();
    const pair = [client, upstream];
    this.#pairs.add(pair);
    const end = () => {
      this.#pairs.delete(pair);
      ended.abort();
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    for (const [from, to] of [pair, [upstream, client]]) this.#pump(from, to, ended.signal).catch(end);
    return undefined;
  }

  async #pump(from, to, signal) {
    for await (const chunk of from.iterator({ destroyOnReturn: false })) {
      for (let at = 0; at < chunk.length; ) {
        await this.#released;
        const pieceBytes = Math.min(this.#pieceBytes, chunk.length - at);
        if (this.#delayMs > 0) await pause(this.#delayMs, undefined, { signal });
        await this.#released;
        if (!to.write(chunk.subarray(at, at + pieceBytes))) await once(to, 'drain', { signal });
        at += pieceBytes;
      }
    }
    await this.#released;
    to.end();
  }

  /** Lets nothing pass in either direction until `pass`. Connections stay open, and new ones wait. */
  hold() {
    this.#released = new Promise((resolve) => (this.#release = resolve));
  }

  /** Lets everything pass, as at the start. */
  pass() {
    this.#delayMs = 0;
    this.#pieceBytes = Infinity;
    this.#isOpen = true;
    this.#release();
    this.#released = Promise.resolve();
  }

  /** Limits the traffic in each direction to this rate. */
  trickle(bytesASecond) {
    this.#pieceBytes = Math.max(1, Math.floor(bytesASecond / PIECES_A_SECOND));
    this.#delayMs = 1000 / PIECES_A_SECOND;
  }

  /** Delays each piece by this time, in each direction. */
  delay(milliseconds) {
    this.#pieceBytes = Infinity;
    this.#delayMs = milliseconds;
  }

  /** Resets every connection. New ones pass. */
  cut() {
    for (const pair of this.#pairs) pair.forEach(breakOff);
    this.#pairs.clear();
  }

  /** Resets every connection, and refuses new ones until `pass`. */
  refuse() {
    this.#isOpen = false;
    this.cut();
  }

  async close() {
    this.refuse();
    this.#release();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
