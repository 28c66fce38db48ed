// What the three transports have in common: frames go in, frames come out, and once it ends.

import type { ServerFrame, ClientFrame } from './frames.js';
import type { LedgercastError } from './errors.js';

export type Transport = 'websocket' | 'sse' | 'poll';

export interface StreamEnd {
  /** As of a socket; see closeCodes.ts. */
  readonly code: number;
  readonly reason: string;
  readonly error?: LedgercastError;
  /** 0 = the server named none. */
  readonly retryAfterMs?: number;
  /** Something on the way is not made for this transport, though it does speak HTTP. */
  readonly isForeign?: boolean;
}

export interface StreamHandler {
  /** Frames may be sent; of duplex streams only, others take them at once. */
  opened(): void;
  frame(frame: ServerFrame): void;
  /** Something came that is no frame: the other side lives. */
  alive(): void;
  /** Once, and nothing after it. Never after `close`. */
  closed(end: StreamEnd): void;
}

export interface Stream {
  readonly transport: Transport;
  /** A socket: it has to open first, answers every frame, and can be asked whether it lives. */
  readonly isDuplex: boolean;
  /** Silence beyond this is not an idle log. Absent = the client's option is the limit. */
  readonly silenceMaxMs?: number;
  /** The first frame after `watch` comes at once, or something on the way holds it back. */
  readonly firstFrameMaxMs: number;
  send(frame: ClientFrame): void;
  close(): void;
}
