// The cluster's DNS: answers for the names in the JSON file that it is given, name to list of addresses. UDP and
// TCP port 53.
//
//   node dns_server.mjs FILE

import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';

const PORT = 53;
const TTL_SECONDS = 5;
const TYPE_A = 1;
const NO_SUCH_NAME = 3;

const names = JSON.parse(readFileSync(process.argv[2], 'utf8'));

/** The question's name, its end and its type. */
function questionOf(message) {
  const labels = [];
  let at = 12;
  while (message[at] !== 0) {
    labels.push(message.toString('latin1', at + 1, at + 1 + message[at]));
    at += 1 + message[at];
  }
  return { name: labels.join('.').toLowerCase(), end: at + 5, type: message.readUInt16BE(at + 1) };
}

function record(address) {
  const bytes = Buffer.alloc(16);
  // The name is the question's, at offset 12.
  bytes.writeUInt16BE(0xc00c, 0);
  bytes.writeUInt16BE(TYPE_A, 2);
  bytes.writeUInt16BE(1, 4);
  bytes.writeUInt32BE(TTL_SECONDS, 6);
  bytes.writeUInt16BE(4, 10);
  bytes.set(address.split('.').map(Number), 12);
  return bytes;
}

function answer(message) {
  const { name, end, type } = questionOf(message);
  const known = names[name];
  const addresses = known !== undefined && type === TYPE_A ? known : [];
  const reply = Buffer.concat([message.subarray(0, end), ...addresses.map(record)]);
  // An answer, authoritative, recursion as asked for; an address of another kind is an empty answer.
  reply.writeUInt16BE(0x8480 | (message.readUInt16BE(2) & 0x0100) | (known === undefined ? NO_SUCH_NAME : 0), 2);
  [1, addresses.length, 0, 0].forEach((count, index) => reply.writeUInt16BE(count, 4 + 2 * index));
  return reply;
}

const udp = createSocket('udp4');
udp.on('message', (message, { address, port }) => udp.send(answer(message), port, address));
udp.bind(PORT);

createServer((socket) => {
  let received = Buffer.alloc(0);
  socket.on('error', () => {});
  socket.on('data', (bytes) => {
    received = Buffer.concat([received, bytes]);
    if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
    const reply = answer(received.subarray(2, 2 + received.readUInt16BE(0)));
    const length = Buffer.alloc(2);
    length.writeUInt16BE(reply.length);
    socket.end(Buffer.concat([length, reply]));
  });
}).listen(PORT);
