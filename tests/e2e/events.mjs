// Reads one stream of server-sent events from the edge, event by event. The token is a header.

import { request } from 'node:http';
import { within } from './waiting.mjs';

const ANSWER_TIMEOUT_MS = 15_000;

/** Returns `{ accounts: ['a', 'b'], after }` as a query. Undefined fields are left out. */
export function queryOf(fields) {
  const pairs = Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  const query = new URLSearchParams(pairs.filter(([, value]) => value !== undefined)).toString();
  return query === '' ? '' : `?${query}`;
}

export class Events {
  constructor(edge, { token, after, accounts, progressInterval, lastEventId, headers = {} } = {}) {
    this.events = [];
    this.comments = 0;
    this.onEvent = (event) => this.events.push(event);
    this.#request = request(new URL(`/v1/events${queryOf({ after, accounts, progressInterval })}`, edge.url), {
      agent: false,
      headers: {
        accept: 'text/event-stream',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
        ...headers,
      },
    });
    this.answered = new Promise((resolve, reject) => this.#request.on('response', resolve).on('error', reject));
    this.answered.catch(() => {});
    /** Resolves when the connection is gone for any reason. */
    this.closed = new Promise((resolve) => {
      this.#request.on('close', resolve);
    });
    this.#request.on('error', () => {});
    this.#request.on('response', (response) => this.#read(response));
    this.#request.end();
  }

  #request;
  #waiting = new Set();

  #read(response) {
    let text = '';
    response.setEncoding('utf8').on('error', () => {});
    response.on('data', (piece) => {
      text += piece;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        this.#take(text.slice(0, end));
        text = text.slice(end + 2);
      }
      for (const look of this.#waiting) look();
    });
    response.on('end', () => (this.rest = text));
    this.response = response;
  }

  #take(block) {
    const event = {};
    for (const line of block.split('\n')) {
      const colon = line.indexOf(':');
      if (colon === 0) this.comments += 1;
      else event[line.slice(0, colon)] = line.slice(colon + 1).replace(/^ /, '');
    }
    if (event.event) this.onEvent({ state: event.event, data: JSON.parse(event.data), id: event.id });
  }

  /** Returns the answer's head, with its body as JSON if it is no stream. */
  async head() {
    const response = await within('an answer', this.answered, ANSWER_TIMEOUT_MS);
    const { statusCode: status, headers } = response;
    if (status === 200) return { status, headers };
    await within('the end of the answer', this.closed, ANSWER_TIMEOUT_MS);
    return { status, headers, body: JSON.parse(this.rest) };
  }

  /** Waits until `condition` is true. Checks it each time that data arrives. */
  async until(what, condition, timeoutMs = ANSWER_TIMEOUT_MS) {
    const reached = new Promise((resolve, reject) => {
      const look = () => condition() && (this.#waiting.delete(look), resolve());
      this.#waiting.add(look);
      this.closed.then(() => (condition() ? resolve() : reject(new Error(`the stream ended before ${what}`))));
      look();
    });
    return within(what, reached, timeoutMs);
  }

  /** Returns the next event of that name. Events before it stay. */
  async next(state) {
    const find = () => this.events.findIndex((event) => event.state === state);
    await this.until(`an event ${state}`, () => find() >= 0);
    return this.events.splice(find(), 1)[0];
  }

  pause() {
    this.response?.pause();
  }

  resume() {
    this.response?.resume();
  }

  ended(timeoutMs = ANSWER_TIMEOUT_MS) {
    return within('the stream to end', this.closed, timeoutMs);
  }

  async close() {
    this.#request.destroy();
    await this.closed;
  }
}
