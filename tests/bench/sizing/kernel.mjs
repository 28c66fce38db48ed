// Measures what the kernel needs for a quiet connection.

import { readFileSync } from 'node:fs';
import { Socket } from '../../e2e/socket.mjs';
import { makeStack, round, say } from './setup.mjs';

const kilobytes = (file, name) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(readFileSync(file, 'utf8'))[1]);

/** Measures a loopback connection. Both ends are in the result, so it is halved. */
export async function measureKernel() {
  const setup = await makeStack(1);
  await (await setup.stack.addEdge(setup.stack.service)).waitUntilReady();
  const unreclaimable = () => kilobytes('/proc/meminfo', 'SUnreclaim') * 1024;
  const sockets = [];
  const before = unreclaimable();
  for (let index = 0; index < 4_000; index++) {
    const socket = await new Socket(setup.stack.edge, { token: setup.token, perMessageDeflate: false }).opened();
    socket.send('watch', { after: 'now' });
    await socket.next('watching');
    sockets.push(socket);
  }
  say({ part: 'kernel', sockets: sockets.length, kernelBytesASocket: round((unreclaimable() - before) / 2 / sockets.length, 0) });
  for (const socket of sockets) socket.webSocket.terminate();
  await setup.stack.stop();
}
