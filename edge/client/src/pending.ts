// Holds the requests that were sent over the stream and have no answer yet.

import { unreachable } from './errors.js';
import type { LedgercastError } from './errors.js';

interface Waiting {
  readonly resolve: (data: unknown) => void;
  readonly reject: (error: LedgercastError) => void;
}

export class Pending {
  private readonly waiting = new Map<string, Waiting>();
  private count = 0;

  get size(): number {
    return this.waiting.size;
  }

  /** Sends a request. `send` gets the id that the answer will carry. */
  ask(send: (id: string) => void): Promise<unknown> {
    this.count += 1;
    const id = `request-${this.count}`;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      send(id);
    });
  }

  /** Passes an answer on. Returns false if nobody waits for it. */
  answer(id: string, data: unknown): boolean {
    this.waiting.get(id)?.resolve(data);
    return this.waiting.delete(id);
  }

  refuse(id: string, error: LedgercastError): boolean {
    this.waiting.get(id)?.reject(error);
    return this.waiting.delete(id);
  }

  /** Rejects all requests, because the stream ended and no answer can come. */
  refuseAll(): void {
    for (const { reject } of this.waiting.values()) reject(unreachable('the connection ended'));
    this.waiting.clear();
  }
}
