// Checks whether sockets work now, while another stream is in use.

import type { Clock, SocketConstructor } from './environment.js';
import { HANDSHAKE_TIMEOUT_MS } from './link.js';
import { SocketStream } from './socketStream.js';

export function probeSocket(Socket: SocketConstructor, base: string, token: string, clock: Clock, answer: (isGood: boolean) => void): void {
  const end = (isGood: boolean): void => {
    clock.clearTimer(timer);
    stream.close();
    answer(isGood);
  };
  const stream = new SocketStream(Socket, base, {
    // Some proxies let a socket open and then drop everything that is sent over it.
    opened: () => stream.send({ state: 'authenticate', data: { token } }),
    frame: ({ state }) => end(state === 'authenticated'),
    alive: () => undefined,
    closed: () => end(false),
  });
  const timer = clock.setTimer(() => end(false), HANDSHAKE_TIMEOUT_MS);
}
