// Decides when to ask whether the ledger behind the edge answers. The edge keeps its streams when the service or the
// database is away, so an idle stream does not tell. The client's status shows the result.

import type { Client } from '@ledgercast/client';
import { isBehindEdge } from './connection';

const EVERY_MS = 8_000;
const EVERY_WHILE_AWAY_MS = 2_000;

export class Probe {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isStopped = false;
  private lastNewsMs = Date.now();

  constructor(private readonly client: Pick<Client, 'status' | 'check'>) {
    this.wait();
  }

  /** Called when transactions came in, so that no question is needed. */
  news(): void {
    this.lastNewsMs = Date.now();
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private wait(): void {
    const isAway = isBehindEdge(this.client.status.broken);
    this.timer = setTimeout(() => void this.look(), isAway ? EVERY_WHILE_AWAY_MS : EVERY_MS);
  }

  private async look(): Promise<void> {
    const isQuiet = Date.now() - this.lastNewsMs >= EVERY_MS / 2;
    // Without a connection its own state says what is wrong. Nobody looks at a hidden page.
    const isWanted = this.client.status.state === 'live' && isQuiet && document.visibilityState === 'visible';
    // It fails only if the client is closed.
    if (isWanted) await this.client.check().catch(() => undefined);
    if (!this.isStopped) this.wait();
  }
}
