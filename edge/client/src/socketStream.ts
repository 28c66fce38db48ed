// Reads the log over a WebSocket. The token goes in the first frame, because URLs and headers end up in logs.

import { CLOSE_BROKEN } from './closeCodes.js';
import { ProtocolError, toJson } from './decode.js';
import type { SocketConstructor, SocketLike } from './environment.js';
import { SUBPROTOCOL, parseFrame } from './frames.js';
import type { ClientFrame } from './frames.js';
import type { Stream, StreamHandler } from './stream.js';

export class SocketStream implements Stream {
  readonly transport = 'websocket';
  readonly isDuplex = true;
  readonly firstFrameMaxMs = 10_000;
  private readonly socket: SocketLike;

  constructor(Socket: SocketConstructor, base: string, handler: StreamHandler) {
    this.socket = new Socket(`${base.replace(/^http/, 'ws')}/v1/stream`, [SUBPROTOCOL]);
    // The close says all that this event says, but the package `ws` throws if nobody listens.
    this.socket.onerror = () => undefined;
    this.socket.onopen = () => handler.opened();
    this.socket.onmessage = ({ data }: { readonly data: unknown }) => {
      try {
        handler.frame(parseFrame(String(data)));
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
        // The frame is not applied in part. The client asks for it again instead.
        this.close();
        handler.closed({ code: CLOSE_BROKEN, reason: error.message });
      }
    };
    this.socket.onclose = ({ code, reason }: { readonly code: number; readonly reason: string }) => {
      this.close();
      handler.closed({ code, reason });
    };
  }

  send(frame: ClientFrame): void {
    this.socket.send(toJson(frame));
  }

  close(): void {
    this.socket.onopen = this.socket.onmessage = this.socket.onclose = null;
    this.socket.close();
  }
}
