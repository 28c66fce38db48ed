// Makes WebSocket frames and the upgrade by hand, to send what a library would refuse to send.

import { randomBytes } from 'node:crypto';

export const OPCODE = { text: 0x1, close: 0x8, ping: 0x9 };

const RSV1 = 0x40;
const FIN = 0x80;
const MASKED = 0x80;

function lengthField(bytes) {
  if (bytes < 126) return Buffer.from([MASKED | bytes]);
  const isShort = bytes < 1 << 16;
  const field = Buffer.alloc(isShort ? 3 : 9);
  field[0] = MASKED | (isShort ? 126 : 127);
  if (isShort) field.writeUInt16BE(bytes, 1);
  else field.writeBigUInt64BE(BigInt(bytes), 1);
  return field;
}

/** Returns one complete frame of a client. Its mask is zero, so the payload is unchanged. */
export function frame(opcode, payload, { isCompressed = false } = {}) {
  const first = FIN | (isCompressed ? RSV1 : 0) | opcode;
  const mask = Buffer.alloc(4);
  return Buffer.concat([Buffer.from([first]), lengthField(payload.length), mask, payload]);
}

export function upgradeRequest(headers) {
  const all = {
    host: 'localhost',
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    'sec-websocket-protocol': 'ledgercast.v1',
    ...headers,
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET /v1/stream HTTP/1.1\r\n${lines.join('')}\r\n`;
}

/** Returns the code in the last frame of `received` if that is a close frame. */
export function closeCodeOf(received) {
  const at = received.lastIndexOf(FIN | OPCODE.close);
  const length = received[at + 1];
  if (at < 0 || length < 2 || at + 2 + length !== received.length) return undefined;
  return String(received.readUInt16BE(at + 2));
}
