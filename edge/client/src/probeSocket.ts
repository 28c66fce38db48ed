// Whether sockets get through by now, seen without giving up the stream that does.

import type { Clock, SocketConstructor } from './environment.js';
import { HANDSHAKE_TIMEOUT_MS } from './link.js';
import { SocketStream } from './socketStream.js';

export function probeSocket(Socket: SocketConstructor, base: string, clock: Clock, answer: (isOpen: boolean) => void): void {
  const end = (isOpen: boolean): void => {
    clock.clearTimer(timer);
    stream.close();
    answer(isOpen);
  };
  const stream = new SocketStream(Socket, base, {
    opened: () => end(true),
    frame: () => undefined,
    alive: () => undefined,
    closed: () => end(false),
  });
  const timer = clock.setTimer(() => end(false), HANDSHAKE_TIMEOUT_MS);
}
