// Holds what the three transports share: frames go in, frames come out, and the stream ends once.

import type { ServerFrame, ClientFrame } from './frames.js';
import type { LedgercastError } from './errors.js';

export type Transport = 'websocket' | 'sse' | 'poll';

export interface StreamEnd {
  /** Close code as of a socket; see closeCodes.ts. */
  readonly code: number;
  readonly reason: string;
  readonly error?: LedgercastError;
  /** The wait that the server named; 0 if it named none. */
  readonly retryAfterMs?: number;
  /** True if something in between speaks HTTP but does not support this transport. */
  readonly isForeign?: boolean;
}

export interface StreamHandler {
  /** Called when frames may be sent. Only duplex streams call it; others take frames at once. */
  opened(): void;
  frame(frame: ServerFrame): void;
  /** Called when something arrived that is no frame. It shows that the other side is alive. */
  alive(): void;
  /** Called once, and nothing follows it. It is never called after `close`. */
  closed(end: StreamEnd): void;
}

export interface Stream {
  readonly transport: Transport;
  /** True for a socket, which opens first, answers every frame, and can be asked whether it is alive. */
  readonly isDuplex: boolean;
  /** Longest silence of an idle log. If absent, the client's option is the limit. */
  readonly silenceMaxMs?: number;
  /** Longest wait for the first frame after `watch`. If it is exceeded, something in between holds the frame back. */
  readonly firstFrameMaxMs: number;
  send(frame: ClientFrame): void;
  close(): void;
}
