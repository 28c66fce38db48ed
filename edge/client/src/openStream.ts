// Makes the stream of each transport.

import type { Environment } from './environment.js';
import { EventStream } from './eventStream.js';
import { PollStream } from './pollStream.js';
import { SocketStream } from './socketStream.js';
import type { Stream, StreamHandler, Transport } from './stream.js';

export function openStream(transport: Transport, environment: Environment, base: string, handler: StreamHandler): Stream {
  switch (transport) {
    case 'websocket':
      return new SocketStream(environment.WebSocket!, base, handler);
    case 'sse':
      return new EventStream(environment, base, handler);
    case 'poll':
      return new PollStream(environment, base, handler);
  }
}
