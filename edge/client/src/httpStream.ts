// What server-sent events and long polls have in common: a `watch` is a request of its own, and what a
// socket is told by frames (the token, the end) is told by the next request.

import { CLOSE_BROKEN, closeCodeOf } from './closeCodes.js';
import { ProtocolError } from './decode.js';
import type { Environment } from './environment.js';
import type { ClientFrame } from './frames.js';
import { send } from './http.js';
import type { HttpRequest, Refusal } from './http.js';
import type { Stream, StreamEnd, StreamHandler, Transport } from './stream.js';

export interface Watch {
  readonly after: string;
  readonly accounts: readonly string[];
  readonly progressInterval: string | undefined;
  /** Id of the frame that asked for the stream; goes on its answer. */
  readonly id: string;
}

export abstract class HttpStream implements Stream {
  abstract readonly transport: Transport;
  abstract readonly firstFrameMaxMs: number;
  readonly isDuplex = false;
  private token = '';
  private current: AbortController | null = null;

  constructor(
    protected readonly environment: Environment,
    private readonly base: string,
    protected readonly handler: StreamHandler,
  ) {}

  /** Follows until the signal; answers why it ended, or null where the next `watch` goes on. */
  protected abstract follow(watch: Watch, signal: AbortSignal): Promise<StreamEnd | null>;

  send({ state, data, id }: ClientFrame): void {
    if (state === 'authenticate' || state === 'refresh') this.token = (data as { readonly token: string }).token;
    if (state === 'watch') void this.watch({ ...(data as Omit<Watch, 'id'>), id: id ?? '' });
    if (state === 'unwatch') this.close();
  }

  close(): void {
    this.current?.abort();
    this.current = null;
  }

  protected request(path: string, query: object, signal: AbortSignal): Promise<Response> {
    const request: HttpRequest = { method: 'GET', path, query, token: this.token };
    return send(this.environment, this.base, request, signal);
  }

  /** How an answer that is not the wanted one ends the stream. */
  protected endOf({ error, status, retryAfterMs, isForeign }: Refusal): StreamEnd {
    if (isForeign) return { code: CLOSE_BROKEN, reason: error.message, error, isForeign };
    return { code: closeCodeOf(status), reason: error.message, error, retryAfterMs };
  }

  private async watch(watch: Watch): Promise<void> {
    this.close();
    const controller = new AbortController();
    this.current = controller;
    let end: StreamEnd | null;
    try {
      end = await this.follow(watch, controller.signal);
    } catch (error) {
      if (controller.signal.aborted) return;
      end = { code: CLOSE_BROKEN, reason: error instanceof ProtocolError ? error.message : 'no answer' };
    }
    if (controller.signal.aborted) return;
    this.close();
    if (end !== null) this.handler.closed(end);
  }
}
