// Reads the log as server-sent events. It uses fetch, because EventSource cannot send a token.

import { CLOSE_BROKEN } from './closeCodes.js';
import { parseJson } from './decode.js';
import { EventParser } from './eventParser.js';
import type { ServerEvent } from './eventParser.js';
import { decodeFrame } from './frames.js';
import type { ServerFrame } from './frames.js';
import { refusalOf } from './http.js';
import { HttpStream } from './httpStream.js';
import type { Watch } from './httpStream.js';
import type { StreamEnd } from './stream.js';

export class EventStream extends HttpStream {
  readonly transport = 'sse';
  readonly firstFrameMaxMs = 5_000;

  protected async follow(watch: Watch, signal: AbortSignal): Promise<StreamEnd | null> {
    const { after, accounts, progressInterval } = watch;
    const response = await this.request('/v1/events', { after, accounts, progressInterval }, signal);
    if (!response.ok) return this.endOf(refusalOf(response, await response.text()));
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
    if (!isStream || response.body === null) return { code: CLOSE_BROKEN, reason: 'no event stream', isForeign: true };
    const reader = response.body.getReader();
    const parser = new EventParser();
    for (;;) {
      const { done, value } = await reader.read();
      // An event that is not complete when the stream ends is dropped.
      if (done || signal.aborted) return { code: CLOSE_BROKEN, reason: 'the stream ended', retryAfterMs: parser.retryMs };
      this.handler.alive();
      for (const event of parser.push(value)) {
        const frame = frameOf(event, watch.id);
        if (frame !== null) this.handler.frame(frame);
        // The next `watch` continues from this position, or from the beginning.
        if (signal.aborted || frame?.state === 'resync') return null;
      }
    }
  }
}

/** Returns null if the event has no type. The edge names the type of each of its events. */
function frameOf({ type, data }: ServerEvent, id: string): ServerFrame | null {
  return type === 'message' ? null : decodeFrame(type, parseJson(data), id);
}
