// Which transport the next connection takes. Sockets are best and are tried first; where they do not
// get through while HTTP does, server-sent events; where a proxy holds those back, polls. Nothing is
// concluded from a network that gives no answer at all.

import { CLOSE_BROKEN } from './closeCodes.js';
import type { StreamEnd, Transport } from './stream.js';

export const ALL_TRANSPORTS: readonly Transport[] = ['websocket', 'sse', 'poll'];

/** One failure may be chance. */
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

  /** The current one has brought its first frame. */
  proved(): void {
    this.failures = 0;
    this.isProved = true;
  }

  /** From the best on again: it got through, or it is time to see whether it does. */
  startOver(): void {
    this.index = 0;
    this.failures = 0;
    this.isProved = false;
  }

  /** The current one ended before it brought anything. */
  failed({ code, isForeign = false }: StreamEnd): void {
    // What an edge ends with a code of its own got through.
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
