// Uses one WebSocket to the edge, frame by frame.

import { once } from 'node:events';
import WebSocket, { Sender } from 'ws';
import { within } from './waiting.mjs';

const ANSWER_TIMEOUT_MS = 15_000;
export const OPCODE_CONTINUATION = 0;
const OPCODE_TEXT = 1;

export class Socket {
  /**
   * Opens a socket. `way` says how the token is sent: in a header, in a subprotocol, or not here. With
   * `perMessageDeflate` compression is offered.
   */
  constructor(edge, { token, way = 'header', headers = {}, protocols = ['ledgercast.v1'], perMessageDeflate = true } = {}) {
    const all = way === 'subprotocol' ? [...protocols, `ledgercast.bearer.${token}`] : protocols;
    const authorization = way === 'header' && token !== undefined ? { authorization: `Bearer ${token}` } : {};
    this.webSocket = new WebSocket(edge.streamUrl, all, { headers: { ...authorization, ...headers }, perMessageDeflate });
    this.frames = [];
    this.onFrame = (frame) => this.frames.push(frame);
    this.closed = new Promise((resolve) => {
      this.webSocket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    this.webSocket.on('error', (error) => (this.error = error));
    this.webSocket.on('message', (text) => this.onFrame(JSON.parse(text)));
    /** Resolves to the status of an answer that is no upgrade. */
    this.refused = new Promise((resolve) => {
      this.webSocket.on('unexpected-response', (request, response) => {
        resolve(response.statusCode);
        request.destroy();
      });
    });
  }

  async opened() {
    if (this.webSocket.readyState === WebSocket.CONNECTING) {
      await within('the socket to open', Promise.race([once(this.webSocket, 'open'), this.closed]), ANSWER_TIMEOUT_MS);
    }
    return this;
  }

  get isOpen() {
    return this.webSocket.readyState === WebSocket.OPEN;
  }

  send(state, data, id) {
    this.sendText(JSON.stringify({ state, data, id }));
  }

  sendText(text) {
    this.webSocket.send(text);
  }

  /** Sends one frame of the WebSocket protocol as given, even if it is wrong. */
  sendFrame(payload, { fin = true, opcode = OPCODE_TEXT, rsv1 = false } = {}) {
    for (const part of Sender.frame(payload, { fin, opcode, rsv1, mask: true, readOnly: true })) {
      this.webSocket._socket.write(part);
    }
  }

  /** Returns the next frame with that state. Frames before it stay. */
  async next(...states) {
    const arrived = async () => {
      for (;;) {
        const index = this.frames.findIndex(({ state }) => states.includes(state));
        if (index >= 0) return this.frames.splice(index, 1)[0];
        const end = await Promise.race([once(this.webSocket, 'message'), this.closed]);
        if (end.code !== undefined && !this.frames.some(({ state }) => states.includes(state))) {
          throw new Error(`the socket closed with ${end.code} ${end.reason}`);
        }
      }
    };
    return within(`a frame ${states.join(' or ')}`, arrived(), ANSWER_TIMEOUT_MS);
  }

  refusal() {
    return within('the upgrade to be refused', this.refused, ANSWER_TIMEOUT_MS);
  }

  closing(timeoutMs = ANSWER_TIMEOUT_MS) {
    return within('the socket to be closed', this.closed, timeoutMs);
  }

  async close() {
    this.webSocket.terminate();
    await this.closed;
  }
}
