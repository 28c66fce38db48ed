// Takes connections on the TCP ports that it is given, and sends back what comes on the UDP ports.
//
//   node listener.mjs 8080 443 53/UDP

import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

for (const text of process.argv.slice(2)) {
  const [port, protocol] = text.split('/');
  if (protocol === 'UDP') {
    const socket = createSocket('udp4');
    socket.on('message', (message, from) => socket.send(message, from.port, from.address));
    socket.bind(Number(port));
  } else {
    createServer((socket) => socket.on('error', () => {}).resume()).listen(Number(port));
  }
}
