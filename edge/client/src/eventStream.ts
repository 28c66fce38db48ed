// The log as server-sent events, read with fetch: EventSource can send no token.

import { CLOSE_BROKEN } from './closeCodes.js';
import { ProtocolError, parseJson } from './decode.js';
import { decodeFrame } from './frames.js';
import type { ServerFrame } from './frames.js';
import { refusalOf } from './http.js';
import { HttpStream } from './httpStream.js';
import type { Watch } from './httpStream.js';
import type { StreamEnd } from './stream.js';

/** An event is at most a frame; text without an end is not collected for ever. */
const EVENT_CHARACTERS_MAX = 16_000_000;

export class EventStream extends HttpStream {
  readonly transport = 'sse';
  // The edge says every few seconds how far it is.
  readonly silenceMaxMs = 30_000;
  readonly firstFrameMaxMs = 5_000;

  protected async follow(watch: Watch, signal: AbortSignal): Promise<StreamEnd | null> {
    const { after, accounts } = watch;
    const response = await this.request('/v1/events', { after, accounts }, signal);
    if (!response.ok) return this.endOf(refusalOf(response, await response.text()));
    const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') === true;
    if (!isStream || response.body === null) return { code: CLOSE_BROKEN, reason: 'no event stream', isForeign: true };
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done || signal.aborted) return { code: CLOSE_BROKEN, reason: 'the stream ended' };
      this.handler.alive();
      text += decoder.decode(value, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop()!;
      if (text.length > EVENT_CHARACTERS_MAX) throw new ProtocolError('an event without an end');
      for (const block of blocks) {
        const frame = frameOf(block, watch.id);
        if (frame !== null) this.handler.frame(frame);
        // The next `watch` goes on where this one was, or from the beginning.
        if (signal.aborted || frame?.state === 'resync') return null;
      }
    }
  }
}

function frameOf(block: string, id: string): ServerFrame | null {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''));
  }
  const state = fields.get('event');
  // A comment keeps the connection up.
  return state === undefined ? null : decodeFrame(state, parseJson(fields.get('data') ?? '{}'), id);
}
