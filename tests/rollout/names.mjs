// A name server on loopback that knows one name: that of a headless Service. Like a cluster's, which many
// ask, it has an answer that is up to a TTL old.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';

const TYPE_A = 1;
const RCODE_NAME_ERROR = 3;
const HEADER_BYTES = 12;
// The name of an answer is that of the question.
const SAME_NAME = 0xc00c;

/** The name, type, and end of the question of a DNS message. */
export function parseQuestion(message) {
  const labels = [];
  let at = HEADER_BYTES;
  while (message[at] !== 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + message[at]));
    at += 1 + message[at];
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 };
}

function answerTo(message, { addresses, isKnown, ttlSeconds }) {
  const { end } = parseQuestion(message);
  const head = Buffer.alloc(HEADER_BYTES);
  message.copy(head, 0, 0, 2);
  // An answer, with recursion as asked for.
  head.writeUInt16BE(0x8080 | (message.readUInt16BE(2) & 0x0100) | (isKnown ? 0 : RCODE_NAME_ERROR), 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(addresses.length, 6);
  const records = addresses.map((address) => {
    const record = Buffer.alloc(16);
    record.writeUInt16BE(SAME_NAME, 0);
    record.writeUInt16BE(TYPE_A, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt32BE(ttlSeconds, 6);
    record.writeUInt16BE(4, 10);
    address.split('.').forEach((byte, index) => (record[12 + index] = Number(byte)));
    return record;
  });
  return Buffer.concat([head, message.subarray(HEADER_BYTES, end), ...records]);
}

export class NameServer {
  /** `addressesOf`: those that `name` has now. */
  static async start({ name, addressesOf, ttlMs }) {
    const server = new NameServer();
    Object.assign(server, { name, addressesOf, ttlMs });
    server.lookUp();
    server.timer = setInterval(() => server.lookUp(), ttlMs);
    server.socket = createSocket('udp4', (message, from) => server.#answer(message, from));
    server.socket.bind(0, '127.0.0.1');
    await once(server.socket, 'listening');
    server.address = `127.0.0.1:${server.socket.address().port}`;
    return server;
  }

  #answer(message, { port, address }) {
    const { name, type } = parseQuestion(message);
    const isKnown = name === this.name;
    const addresses = isKnown && type === TYPE_A ? this.found : [];
    this.socket.send(answerTo(message, { addresses, isKnown, ttlSeconds: Math.ceil(this.ttlMs / 1000) }), port, address);
  }

  /** Forgets what it found before. */
  lookUp() {
    this.found = this.addressesOf();
  }

  close() {
    clearInterval(this.timer);
    this.socket.close();
  }
}
