// Ways to harm the edge: what one connection does, byte by byte, after it was opened. `received` of its socket holds
// the last bytes that came, `status` the status of the answer (see attackers.mjs).

import { randomBytes } from 'node:crypto';
import { constants, deflateRawSync } from 'node:zlib';
import { frame, OPCODE, upgradeRequest } from './raw_frames.mjs';

const DRIP_MS = 250;
const PINGS_A_WRITE = 500;
const BOMB_BYTES = 200 << 20;
const HEADER_BYTES = 1 << 20;
const WATCH_MS = 9;
const DROP_MS = 30;

/** Calls `write` repeatedly, as fast as the edge takes the data. */
function pump(socket, write) {
  const more = () => {
    while (socket.writable && write()) if (socket.writableNeedDrain) return;
  };
  socket.on('drain', more);
  more();
}

/** Writes one byte at a time. */
function drip(socket, text) {
  let at = 0;
  const timer = setInterval(() => socket.write(text[at++ % text.length]), DRIP_MS);
  socket.on('close', () => clearInterval(timer));
}

/** Sends the upgrade, and calls `then` with the head of the answer when it is accepted. */
function upgrade(socket, headers, then = () => {}) {
  socket.write(upgradeRequest(headers));
  const look = () => {
    const head = socket.received.toString('latin1');
    if (!head.includes('\r\n\r\n')) return;
    socket.off('data', look);
    if (socket.status === '101') then(head);
  };
  socket.on('data', look);
}

const bearer = (token) => ({ authorization: `Bearer ${token}` });

let bomb;
function makeBomb() {
  bomb ??= deflateRawSync(Buffer.alloc(BOMB_BYTES), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);
  return bomb;
}

/** The attacks by name. Each gets the socket and the options of its attackers, with its `number`. */
export const ATTACKS = {
  /** Sends a request that never ends, in its first line, its headers or its body. */
  slowloris(socket, { number }) {
    const starts = ['', 'GET /v1/poll HTTP/1.1\r\nHost: localhost\r\n', 'POST /v1/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8000\r\n\r\n'];
    socket.write(starts[number % 3]);
    drip(socket, ['GET /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'X-a: b\r\n', '{"username":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"'][number % 3]);
  },

  /** Sends nothing. */
  silence() {},

  /** Becomes a socket and then sends no token. */
  noToken(socket) {
    upgrade(socket, {});
  },

  /** Leaves as soon as it was accepted. */
  connect(socket) {
    upgrade(socket, {}, () => socket.destroy());
  },

  /** Sends invalid tokens: `tokens` in turn, alternately by HTTP and to a socket. */
  badToken(socket, { tokens, number }) {
    const token = tokens[number % tokens.length];
    if (number % 2 === 0) socket.write(`GET /v1/poll?wait=0 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    else upgrade(socket, bearer(token));
  },

  /** Sends one header of a megabyte, or as much in many small ones. */
  hugeHeaders(socket, { number }) {
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n');
    let left = HEADER_BYTES;
    const piece = (number % 2 === 0 ? 'x' : 'X-a: b\r\n').repeat(8 << 10);
    if (number % 2 === 0) socket.write('X-a: ');
    pump(socket, () => {
      if (left <= 0) return false;
      left -= piece.length;
      socket.write(piece);
      return true;
    });
  },

  /** Sends pings as fast as they are taken, and reads no pong. */
  pingFlood(socket, { token }) {
    const pings = Buffer.concat(Array(PINGS_A_WRITE).fill(frame(OPCODE.ping, randomBytes(125))));
    upgrade(socket, bearer(token), () => {
      socket.pause();
      pump(socket, () => socket.write(pings) || true);
    });
  },

  /** Asks for the whole log and reads nothing of it. */
  neverRead(socket, { token }) {
    upgrade(socket, bearer(token), () => {
      socket.write(frame(OPCODE.text, Buffer.from('{"state":"watch","data":{"after":""}}')));
      socket.pause();
    });
  },

  /** Watches from the beginning repeatedly, about 110 times a second. */
  hastyWatch(socket, { token }) {
    const watch = frame(OPCODE.text, Buffer.from('{"state":"watch","data":{"after":""}}'));
    upgrade(socket, bearer(token), () => {
      const timer = setInterval(() => socket.write(watch), WATCH_MS);
      socket.on('close', () => clearInterval(timer));
    });
  },

  /** Polls from the beginning and leaves before the answer. */
  droppedPoll(socket, { token }) {
    socket.write(`GET /v1/poll?after= HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    setTimeout(() => socket.destroy(), DROP_MS);
  },

  /** Sends 200 kB that would decompress to 200 MB. Calls `onUpgraded` with whether compression was agreed on. */
  zipBomb(socket, { token, onUpgraded = () => {} }) {
    upgrade(socket, { ...bearer(token), 'sec-websocket-extensions': 'permessage-deflate; client_no_context_takeover' }, (head) => {
      onUpgraded(/^sec-websocket-extensions:.*permessage-deflate/im.test(head));
      socket.write(frame(OPCODE.text, makeBomb(), { isCompressed: true }));
    });
  },
};
