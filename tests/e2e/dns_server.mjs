// A DNS server for tests: answers questions for IPv4 addresses, over UDP and, if asked to, over TCP.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

const TYPE_A = 1;
const RCODE_NAME_ERROR = 3;
const HEADER_BYTES = 12;
// The name of an answer is that of the question.
const SAME_NAME = 0xc00c;
// An answer, authoritative, with recursion available.
const FLAGS = 0x8480;
const RECURSION_DESIRED = 0x0100;

/** Returns the name, the type and the end of the question of a DNS message. */
function parseQuestion(message) {
  const labels = [];
  let at = HEADER_BYTES;
  while (message[at] !== 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + message[at]));
    at += 1 + message[at];
  }
  return { name: labels.join('.').toLowerCase(), type: message.readUInt16BE(at + 1), end: at + 5 };
}

function recordOf(address, ttlSeconds) {
  const record = Buffer.alloc(16);
  record.writeUInt16BE(SAME_NAME, 0);
  record.writeUInt16BE(TYPE_A, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(ttlSeconds, 6);
  record.writeUInt16BE(4, 10);
  record.set(address.split('.').map(Number), 12);
  return record;
}

export class DnsServer {
  /**
   * `addressesOf(name)` answers the IPv4 addresses of a name, or undefined where there is no such name. `port` 0 takes
   * a free one. `tcp` serves over TCP as well.
   */
  static async start({ addressesOf, ttlSeconds, host = '127.0.0.1', port = 0, tcp = false }) {
    const server = new DnsServer();
    Object.assign(server, { addressesOf, ttlSeconds });
    server.udp = createSocket('udp4', (message, from) => server.udp.send(server.#answerTo(message), from.port, from.address));
    server.udp.bind(port, host);
    await once(server.udp, 'listening');
    server.port = server.udp.address().port;
    server.address = `${host}:${server.port}`;
    if (tcp) {
      server.tcp = createServer((socket) => server.#serve(socket)).listen(server.port, host);
      await once(server.tcp, 'listening');
    }
    return server;
  }

  #answerTo(message) {
    const { name, type, end } = parseQuestion(message);
    const known = this.addressesOf(name);
    const addresses = known !== undefined && type === TYPE_A ? known : [];
    const reply = Buffer.concat([message.subarray(0, end), ...addresses.map((address) => recordOf(address, this.ttlSeconds))]);
    reply.writeUInt16BE(FLAGS | (message.readUInt16BE(2) & RECURSION_DESIRED) | (known === undefined ? RCODE_NAME_ERROR : 0), 2);
    [1, addresses.length, 0, 0].forEach((count, index) => reply.writeUInt16BE(count, 4 + 2 * index));
    return reply;
  }

  /** Answers one question. Messages over TCP begin with their length. */
  #serve(socket) {
    let received = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const reply = this.#answerTo(received.subarray(2, 2 + received.readUInt16BE(0)));
      const length = Buffer.alloc(2);
      length.writeUInt16BE(reply.length);
      socket.end(Buffer.concat([length, reply]));
    });
  }

  close() {
    this.udp.close();
    this.tcp?.close();
  }
}
