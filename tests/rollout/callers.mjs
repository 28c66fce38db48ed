// Callers post and read all the while, at their rate whatever becomes of it. A transfer is tried again
// under its id where the contract calls that safe, and only there.

import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { get, post } from '../e2e/http.mjs';
import { Socket } from '../e2e/socket.mjs';
import { backOff } from '../e2e/waiting.mjs';

const ATTEMPT_TIMEOUT_MS = 5_000;
const GIVE_UP_MS = 60_000;

const SAFE_CODES = new Set(['UNAVAILABLE', 'RESOURCE_EXHAUSTED', 'ABORTED']);
// 502: a balancer says it where the connection behind it broke.
const SAFE_STATUSES = new Set([429, 502, 503]);

/** `{ answer }`, or why it failed: `{ why, isSafe }`. */
async function tryHttp(call) {
  let answer;
  try {
    answer = await call();
  } catch (error) {
    return { why: `connection: ${error.cause?.code ?? error.message}`, isSafe: true };
  }
  if (answer.status < 300) return { answer: answer.body };
  const error = answer.body.error ?? {};
  const isSafe = SAFE_STATUSES.has(answer.status) || error.code === 'ABORTED';
  return { why: [answer.status, error.reason, error.message].filter(Boolean).join(' '), isSafe };
}

async function tryRpc(client, method, request, token) {
  try {
    return { answer: await client.call(method, request, { token, timeoutMs: ATTEMPT_TIMEOUT_MS }) };
  } catch (error) {
    return { why: `${error.code} ${error.reason ?? error.message}`, isSafe: SAFE_CODES.has(error.code) };
  }
}

/** Comes, looks, and goes. */
async function tryStream(balancer, token) {
  const socket = new Socket(balancer, { token, perMessageDeflate: false });
  const watching = async () => {
    await socket.opened();
    socket.send('watch', { after: 'now' });
    return { answer: await socket.next('watching') };
  };
  const refused = socket.refused.then((status) => ({ why: `refused with ${status}`, isSafe: SAFE_STATUSES.has(status) }));
  try {
    return await Promise.race([watching(), refused]);
  } catch (error) {
    return { why: `stream: ${socket.error?.code ?? error.message}`, isSafe: true };
  } finally {
    socket.webSocket.terminate();
  }
}

export class Callers {
  /** `rates`: calls a second by kind; `next()` makes a transfer; `clients()` are those of the services that are there. */
  constructor({ balancer, clients, token, next, rates }) {
    Object.assign(this, { balancer, clients, token, next, rates });
    this.turn = 0;
    this.acknowledged = [];
    this.counts = new Map();
    this.unsafe = [];
    this.underWay = new Set();
    this.isStopped = false;
  }

  #countsOf(kind) {
    if (!this.counts.has(kind)) this.counts.set(kind, { calls: 0, firstFailures: {}, retries: 0 });
    return this.counts.get(kind);
  }

  start() {
    this.loops = Object.entries(this.rates).map(([kind, rate]) => this.#keepCalling(kind, rate));
  }

  async #keepCalling(kind, rate) {
    const began = Date.now();
    for (let count = 0; !this.isStopped; count += 1) {
      const call = this.#carryThrough(kind, this[`make_${kind}`]());
      this.underWay.add(call);
      call.finally(() => this.underWay.delete(call));
      await pause(Math.max(0, began + ((count + 1) * 1000) / rate - Date.now()));
    }
  }

  /** The end of each that is under way is waited for. */
  async stop() {
    this.isStopped = true;
    await Promise.all(this.loops);
    await Promise.all(this.underWay);
  }

  async #carryThrough(kind, { attempt, done = () => {} }) {
    const counts = this.#countsOf(kind);
    const deadline = Date.now() + GIVE_UP_MS;
    counts.calls += 1;
    for (let tries = 0; ; tries += 1) {
      const { answer, why, isSafe } = await attempt();
      if (why === undefined) return done(answer);
      if (tries === 0) counts.firstFailures[why] = (counts.firstFailures[why] ?? 0) + 1;
      if (!isSafe || Date.now() > deadline) return this.unsafe.push(`${kind}: ${why}, try ${tries + 1}`);
      counts.retries += 1;
      await backOff();
    }
  }

  #client() {
    const clients = this.clients();
    return clients[this.turn++ % clients.length];
  }

  make_postByHttp() {
    const { id, ...body } = { id: randomUUID(), ...this.next() };
    const options = { token: this.token, headers: { 'idempotency-key': id } };
    return {
      attempt: () => tryHttp(() => post(this.balancer, '/v1/transactions', body, options)),
      done: ({ sequence }) => this.acknowledged.push({ id, sequence, ...body }),
    };
  }

  make_postByRpc() {
    const transfer = { id: randomUUID(), ...this.next() };
    return {
      attempt: () => tryRpc(this.#client(), 'createTransaction', transfer, this.token),
      done: ({ sequence }) => this.acknowledged.push({ ...transfer, sequence }),
    };
  }

  #makeGet(path) {
    const signal = () => AbortSignal.timeout(ATTEMPT_TIMEOUT_MS);
    return { attempt: () => tryHttp(() => get(this.balancer, path, { token: this.token, signal: signal() })) };
  }

  make_listByHttp() {
    return this.#makeGet('/v1/transactions?pageSize=20&orderBy=sequence%20desc');
  }

  make_accountsByHttp() {
    return this.#makeGet('/v1/accounts');
  }

  make_digestByHttp() {
    return this.#makeGet('/v1/digest');
  }

  make_listByRpc() {
    return { attempt: () => tryRpc(this.#client(), 'listTransactions', { pageSize: 20 }, this.token) };
  }

  make_visitByStream() {
    return { attempt: () => tryStream(this.balancer, this.token) };
  }
}
