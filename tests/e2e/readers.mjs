// Clients that follow the log through every break, and come back with their cursor.

import { Events, queryOf } from './events.mjs';
import { get } from './http.mjs';
import { Record } from './record.mjs';
import { Socket } from './socket.mjs';
import { backOff } from './waiting.mjs';

// Close codes after which a client comes back, from the contract. 1006 is a connection that just ended.
const RETURN_AFTER = new Set([1001, 1006, 1013, 4408, 4409, 4429]);

// An expired token is no failure. The next connection asks for another one.
const hasExpired = (error) => error?.reason === 'TOKEN_EXPIRED';

class Reader {
  #loop;

  constructor(name, after) {
    this.record = new Record(name, after === 'now' ? '' : after);
    this.isStopped = false;
    this.connections = 0;
    this.refreshes = 0;
  }

  start() {
    this.#loop = this.#run();
    return this;
  }

  async #run() {
    while (!this.isStopped && !this.record.failure) {
      try {
        this.connections += 1;
        await this.followOnce();
      } catch (error) {
        if (!this.isStopped) this.record.fail(error);
      }
      if (!this.isStopped) await backOff();
    }
  }

  async stop() {
    this.isStopped = true;
    await this.endConnection();
    await this.#loop;
  }
}

export class SocketReader extends Reader {
  /** Makes a reader. `token` is a function that is called for each connection. */
  constructor(edge, { name, token, after = '', accounts, way = 'header', perMessageDeflate }) {
    super(name, after);
    Object.assign(this, { edge, token, after, accounts, way, perMessageDeflate });
  }

  async followOnce() {
    const token = await this.token();
    if (this.isStopped) return;
    this.authenticated = undefined;
    this.hasExpired = false;
    this.socket = new Socket(this.edge, { token, way: this.way, perMessageDeflate: this.perMessageDeflate });
    this.socket.onFrame = (frame) => {
      try {
        this.#take(frame);
      } catch (error) {
        this.record.fail(error);
      }
    };
    try {
      await this.socket.opened();
    } catch {
      return this.socket.close(); // it is held up on its way; the next one may not be
    }
    if (this.socket.webSocket.readyState === 1) {
      if (this.way === 'frame') this.socket.send('authenticate', { token });
      if (this.way === 'bareFrame') this.socket.sendText(JSON.stringify({ token }));
      this.socket.send('watch', { after: this.record.cursor || this.after, accounts: this.accounts });
    }
    const { code, reason } = await this.socket.closed;
    if (!RETURN_AFTER.has(code) && !this.hasExpired && !this.isStopped) {
      throw new Error(`${this.record.name} was closed with ${code} ${reason}`);
    }
    return undefined;
  }

  #take({ state, data, error }) {
    switch (state) {
      case 'transactions':
      case 'progress':
        return this.record.accept(data);
      case 'watching':
        this.watching = data;
        this.record.beginAt(data.after);
        return this.record.changes.emit('change');
      case 'authenticated':
        if (this.authenticated) this.refreshes += 1;
        this.authenticated = data;
        return this.record.changes.emit('change');
      case 'goingAway':
        return undefined;
      case 'reauthenticate':
        return this.refresh();
      case 'error':
        // The service may be away for a moment. The edge closes the socket if it cannot go on.
        if (error.code === 'UNAVAILABLE') return undefined;
        if (hasExpired(error)) return (this.hasExpired = true);
        throw new Error(`${this.record.name} received error ${error.reason}: ${error.message}`);
      default:
        throw new Error(`${this.record.name} received an unexpected frame ${state}`);
    }
  }

  get #isOpen() {
    return this.authenticated && this.socket.webSocket.readyState === 1;
  }

  /** Gives the edge another token, if a socket is open. */
  async refresh() {
    const token = await this.token(true);
    if (this.#isOpen) this.socket.send('refresh', { token });
  }

  /** Watches again from its position over the same socket, if it has both. */
  watchAgain() {
    if (this.#isOpen && this.record.cursor) this.socket.send('watch', { after: this.record.cursor, accounts: this.accounts });
  }

  /** Stops reading. The kernel's buffers fill up, and then the edge's writes hang. */
  pause() {
    this.socket?.webSocket.pause();
  }

  resume() {
    this.socket?.webSocket.resume();
  }

  async endConnection() {
    await this.socket?.close();
  }
}

// Statuses after which a client tries again, from the contract.
const RETURN_AFTER_STATUS = new Set([429, 503, 504]);

/** Follows the log over server-sent events. */
export class EventsReader extends Reader {
  constructor(edge, { name, token, after = '', accounts }) {
    super(name, after);
    Object.assign(this, { edge, token, after, accounts });
  }

  async followOnce() {
    const token = await this.token();
    if (this.isStopped) return;
    const lastEventId = this.record.cursor || undefined;
    this.events = new Events(this.edge, { token, after: this.after, accounts: this.accounts, lastEventId });
    this.events.onEvent = (event) => {
      try {
        this.#take(event);
      } catch (error) {
        this.record.fail(error);
      }
    };
    let head;
    try {
      head = await this.events.head();
    } catch {
      return this.events.close(); // it broke, or is held up on its way and would not end by itself
    }
    if (hasExpired(head.body?.error)) return undefined;
    if (head.status !== 200 && !RETURN_AFTER_STATUS.has(head.status)) throw new Error(`${this.record.name} was refused: ${JSON.stringify(head.body)}`);
    await this.events.closed;
    return undefined;
  }

  #take({ state, data, id }) {
    switch (state) {
      case 'transactions':
      case 'progress':
        if (id !== data.cursor) throw new Error(`event ${id} holds the cursor ${data.cursor}`);
        return this.record.accept(data);
      case 'watching':
        this.watching = data;
        this.record.beginAt(data.after);
        return this.record.changes.emit('change');
      case 'reauthenticate':
        return this.token(true);
      case 'goingAway':
        return undefined;
      default:
        throw new Error(`${this.record.name} received an unexpected event ${state}`);
    }
  }

  pause() {
    this.events?.pause();
  }

  resume() {
    this.events?.resume();
  }

  async endConnection() {
    await this.events?.close();
  }
}

/** Follows the log by long polls. */
export class PollReader extends Reader {
  constructor(edge, { name, token, after = '', accounts, wait = 2 }) {
    super(name, after);
    Object.assign(this, { edge, token, after, accounts, wait });
  }

  async followOnce() {
    while (!this.isStopped) {
      const query = queryOf({ after: this.record.cursor || this.after, accounts: this.accounts, wait: this.wait });
      const token = await this.token();
      if (this.isStopped) return;
      let answer;
      try {
        this.connection = new AbortController();
        answer = await get(this.edge, `/v1/poll${query}`, { token, signal: this.connection.signal });
      } catch {
        return; // the connection broke
      }
      if (RETURN_AFTER_STATUS.has(answer.status) || hasExpired(answer.body.error)) return;
      if (answer.status !== 200) throw new Error(`${this.record.name} was refused: ${JSON.stringify(answer.body)}`);
      this.record.beginAt(answer.body.after);
      this.record.accept(answer.body);
    }
  }

  async endConnection() {
    this.connection?.abort();
  }
}

export class RpcReader extends Reader {
  constructor(client, { name, token, after = '', accounts = [] }) {
    super(name, after);
    Object.assign(this, { client, token, after, accounts });
  }

  async followOnce() {
    const request = { after: this.record.cursor || this.after, accounts: this.accounts };
    try {
      for await (const response of this.client.watch(request, { token: await this.token() })) {
        this.record.accept(response);
        if (this.isStopped) return;
      }
    } catch (error) {
      if (error.code !== 'UNAVAILABLE') throw error;
    }
  }

  async endConnection() {
    this.client.close();
  }
}

/** The edge's transports, which share one kind of position, one filter and one rule. */
export const TRANSPORTS = { WebSocket: SocketReader, 'server-sent events': EventsReader, 'long polls': PollReader };
