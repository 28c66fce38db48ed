// A TCP proxy on loopback between browser and edge that can break what passes
// through it: what a network failure or a killed edge looks like from the page.

import { once } from 'node:events';
import { connect, createServer } from 'node:net';

export async function openGate(edgeUrl) {
  const pairs = new Set();
  let isOpen = true;

  const server = createServer((client) => {
    if (!isOpen) {
      client.resetAndDestroy();
      return;
    }
    const upstream = connect(Number(edgeUrl.port || 80), edgeUrl.hostname);
    const pair = [client, upstream];
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      pair.forEach((socket) => socket.destroy());
    };
    for (const socket of pair) socket.on('error', end).on('close', end);
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  /** Resets every connection; new ones pass. */
  function cut() {
    for (const pair of pairs) pair.forEach((socket) => socket.resetAndDestroy());
    pairs.clear();
  }

  return {
    url: new URL(`http://127.0.0.1:${server.address().port}`),
    cut,
    /** Resets every connection and refuses new ones until `allow`. */
    refuse() {
      isOpen = false;
      cut();
    },
    allow() {
      isOpen = true;
    },
    async close() {
      isOpen = false;
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
