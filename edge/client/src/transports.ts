// Chooses the transport of the next connection. Sockets are best and are tried first. If they do not get through
// while HTTP does, server-sent events are used. If a proxy holds those back, polls are used. A network that gives no
// answer at all says nothing about transports.

import { CLOSE_BROKEN } from './closeCodes.js';
import type { StreamEnd, Transport } from './stream.js';

export const ALL_TRANSPORTS: readonly Transport[] = ['websocket', 'sse', 'poll'];

/** Number of failures that show a block. A single one may be chance. */
const FAILURES_MAX = 2;
export class TransportChoice {
  private index = 0;
  private failures = 0;
  private isProved = false;

  constructor(private readonly transports: readonly Transport[]) {}

  get current(): Transport {
    return this.transports[this.index]!;
  }

  get best(): Transport {
    return this.transports[0]!;
  }

  get isBest(): boolean {
    return this.index === 0;
  }

  /** Called when the current transport has brought its first frame. */
  proved(): void {
    this.failures = 0;
    this.isProved = true;
  }

  /** Starts again with the best transport: one got through, or it is time to check. */
  startOver(): void {
    this.index = 0;
    this.failures = 0;
    this.isProved = false;
  }

  /** Called when the current transport ended before it brought a frame. */
  failed({ code, isForeign = false }: StreamEnd): void {
    // If the edge itself ended the stream with a code, the transport got through.
    if (code !== CLOSE_BROKEN) return;
    this.failures += 1;
    const isBlocked = this.current === 'websocket' ? this.failures >= FAILURES_MAX : isForeign;
    if (isBlocked) this.next();
    else if (this.index > 0 && (!this.isProved || this.failures >= FAILURES_MAX)) this.startOver();
  }

  private next(): void {
    this.index = (this.index + 1) % this.transports.length;
    this.failures = 0;
    this.isProved = false;
  }
}
