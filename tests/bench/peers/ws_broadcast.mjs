// A broadcast with npm's `ws` as its README shows, without options that cost time. It sends each text line of a
// publisher to every client.
//
//   node tests/bench/peers/ws_broadcast.mjs PORT PUBLISH_PORT

import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';

const require = createRequire(new URL('../../e2e/package.json', import.meta.url));
const { WebSocketServer } = require('ws');
const [port, publishPort] = process.argv.slice(2).map(Number);

const server = new WebSocketServer({ host: '127.0.0.1', port, backlog: 4096, perMessageDeflate: false });

createServer((publisher) => {
  createInterface({ input: publisher }).on('line', (line) => {
    for (const client of server.clients) client.send(line);
  });
  publisher.on('error', () => publisher.destroy());
}).listen(publishPort, '127.0.0.1');
