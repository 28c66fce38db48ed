// Guesses passwords from four addresses of this machine at a steady rate, whatever the answers are.

import { Agent, request } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';

const ADDRESSES = ['127.0.0.2', '127.0.0.3', '127.0.0.4', '127.0.0.5'];
const ANSWER_TIMEOUT_MS = 5_000;
const TURN_MS = 10;
const PATH = '/ledgercast.v1.AuthService/IssueToken';

/** Guesses until the time is over. Returns `{ sent, answers }`, where `answers` counts each kind of answer. */
export async function startGuessing({ way, address, rate, seconds, victim }) {
  const [host, port] = address.split(':');
  const guessers = ADDRESSES.map((local) => (way === 'edge' ? byHttp(local, host, port) : byGrpc(local, host, port)));
  const answers = {};
  const waiting = new Set();
  const start = performance.now();
  let sent = 0;
  for (let left = true; left; ) {
    const elapsed = performance.now() - start;
    left = elapsed < seconds * 1000;
    for (; left && sent < (elapsed * rate) / 1000; sent += 1) {
      const username = sent % 2 === 0 ? victim : `nobody${sent}`;
      const done = guessers[sent % guessers.length](username, `guess ${sent}`)
        .catch((error) => error.code ?? 'failed')
        .then((answer) => {
          answers[answer] = (answers[answer] ?? 0) + 1;
          waiting.delete(done);
        });
      waiting.add(done);
    }
    await new Promise((resolve) => setTimeout(resolve, TURN_MS));
  }
  await Promise.all(waiting);
  return { sent, answers };
}

function byHttp(localAddress, host, port) {
  const agent = new Agent({ keepAlive: false });
  return (username, password) =>
    new Promise((resolve, reject) => {
      const body = JSON.stringify({ username, password });
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
      const options = { host, port, localAddress, agent, method: 'POST', path: '/v1/token', headers, timeout: ANSWER_TIMEOUT_MS };
      const call = request(options, (response) => {
        response.resume();
        response.on('end', () => resolve(`HTTP ${response.statusCode}`));
      });
      call.on('timeout', () => call.destroy(Object.assign(new Error('no answer'), { code: 'no answer' })));
      call.on('error', reject);
      call.end(body);
    });
}

function byGrpc(localAddress, host, port) {
  const session = connectHttp2(`http://${host}:${port}`, { createConnection: () => connect({ host, port, localAddress }) });
  session.on('error', () => {});
  const names = { 0: 'OK', 4: 'DEADLINE_EXCEEDED', 8: 'RESOURCE_EXHAUSTED', 14: 'UNAVAILABLE', 16: 'UNAUTHENTICATED' };
  return (username, password) =>
    new Promise((resolve, reject) => {
      const call = session.request({
        ':method': 'POST',
        ':path': PATH,
        'content-type': 'application/grpc',
        te: 'trailers',
        'grpc-timeout': `${ANSWER_TIMEOUT_MS}m`,
      });
      const take = (headers) => {
        if ('grpc-status' in headers) resolve(`gRPC ${names[headers['grpc-status']] ?? headers['grpc-status']}`);
      };
      call.on('response', take);
      call.on('trailers', take);
      call.on('error', reject);
      call.on('close', () => resolve('closed'));
      call.resume();
      call.end(frame(text(1, username), text(2, password)));
    });
}

/** Encodes a text below 128 bytes as a Protobuf field. */
function text(field, value) {
  return Buffer.concat([Buffer.from([(field << 3) | 2, Buffer.byteLength(value)]), Buffer.from(value)]);
}

function frame(...fields) {
  const message = Buffer.concat(fields);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
