// Reads the log by long polls, for networks that let only requests with short answers through.

import { parseJson } from './decode.js';
import { decodeWatchTransactionsResponse } from './generated/messages.js';
import { refusalOf } from './http.js';
import { HttpStream } from './httpStream.js';
import type { Watch } from './httpStream.js';
import type { StreamEnd } from './stream.js';

const WAIT_SECONDS = 25;
/** If an empty answer comes sooner, the poll is answered by something that does not wait. Then the client waits itself. */
const EMPTY_MIN_MS = 1_000;

export class PollStream extends HttpStream {
  readonly transport = 'poll';
  readonly silenceMaxMs = (WAIT_SECONDS + 10) * 1000;
  readonly firstFrameMaxMs = 10_000;

  protected async follow({ after, accounts, id }: Watch, signal: AbortSignal): Promise<StreamEnd | null> {
    const { clock } = this.environment;
    let position = after;
    // Until the stream is live its polls do not wait. So it soon learns where `now` is, and when it is live.
    let wait = 0;
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      const askedAtMs = clock.now();
      const response = await this.request('/v1/poll', { after: position, accounts, wait }, signal);
      const text = await response.text();
      if (signal.aborted) break;
      if (!response.ok) {
        const refusal = refusalOf(response, text);
        if (refusal.error.reason !== 'CURSOR_UNKNOWN') return this.endOf(refusal);
        const { reason, metadata } = refusal.error;
        this.handler.frame({ state: 'resync', id, data: { reason, head: metadata.head ?? '' } });
        return null;
      }
      const data = decodeWatchTransactionsResponse(parseJson(text));
      if (isFirst) {
        const head = data.live ? data.cursor : '';
        this.handler.frame({ state: 'watching', id, data: { after: data.after, head, balances: {} } });
      }
      if (!signal.aborted) this.handler.frame({ state: 'transactions', data });
      position = data.cursor;
      const isIdle = data.transactions.length === 0 && (wait > 0 || !data.live);
      wait = data.live ? WAIT_SECONDS : 0;
      if (isIdle) await this.pause(askedAtMs + EMPTY_MIN_MS - clock.now());
    }
    return null;
  }

  private pause(delayMs: number): Promise<void> {
    if (delayMs <= 0) return Promise.resolve();
    return new Promise((resolve) => this.environment.clock.setTimer(resolve, delayMs));
  }
}
