// Whether the ledger behind the edge answers. The edge keeps its streams when the service or the
// database is away, and an idle stream looks the same either way; so the page asks.

import type { Client } from '@ledgercast/client';

const EVERY_MS = 8_000;
const EVERY_WHILE_AWAY_MS = 2_000;
const TIMEOUT_MS = 3_000;

export class Probe {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isStopped = false;
  private lastNewsMs = Date.now();
  isAway = false;

  constructor(
    private readonly client: Client,
    private readonly account: string,
    private readonly onChange: () => void,
  ) {
    this.wait();
  }

  /** Transactions came in: nobody has to ask. */
  news(): void {
    this.lastNewsMs = Date.now();
    this.set(false);
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private wait(): void {
    this.timer = setTimeout(() => void this.look(), this.isAway ? EVERY_WHILE_AWAY_MS : EVERY_MS);
  }

  private async look(): Promise<void> {
    const isQuiet = Date.now() - this.lastNewsMs >= EVERY_MS / 2;
    // Without a connection its own state says what is the matter; nobody looks at a hidden page.
    if (this.client.status.state === 'live' && isQuiet && document.visibilityState === 'visible') await this.ask();
    if (!this.isStopped) this.wait();
  }

  private async ask(): Promise<void> {
    try {
      await this.client.getAccount(this.account, { timeoutMs: TIMEOUT_MS });
      this.set(false);
    } catch (error) {
      // Any other refusal is an answer of the ledger, too.
      if ((error as { isPassing?: boolean }).isPassing === true && this.client.status.state === 'live') this.set(true);
      else this.set(false);
    }
  }

  private set(isAway: boolean): void {
    if (this.isStopped || this.isAway === isAway) return;
    this.isAway = isAway;
    this.onChange();
  }
}
