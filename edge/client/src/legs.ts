// Which leg of the way to the ledger is broken, as far as this client can know: by what its device says, and by what
// came back over the way when it was used last.

import { CLOSE_BROKEN, isOfEdge } from './closeCodes.js';
import { REASON } from './errors.js';
import type { LedgercastError } from './errors.js';
import type { StreamEnd } from './stream.js';

export type Leg =
  /** This device has no network. */
  | 'here'
  /** The edge cannot be reached. */
  | 'edge'
  /** The edge is reached, and says that its service is away, or does not answer for it. */
  | 'service'
  /** Edge and service are reached, and the service says that its database is away. */
  | 'database';

/** Errors that only the ledger itself can give: somebody looked into the database. */
const OF_LEDGER = new Set(['NOT_FOUND', 'FAILED_PRECONDITION', 'ALREADY_EXISTS', 'OUT_OF_RANGE']);

export class Legs {
  private isOffline = false;
  private found: Leg | undefined;
  private hasStream = false;

  get broken(): Leg | undefined {
    return this.isOffline ? 'here' : this.found;
  }

  /** The device says so. It may be wrong: what comes over the way counts for more. */
  setOnline(isOnline: boolean): void {
    this.isOffline = !isOnline;
    // Over another network the edge may be reached.
    if (isOnline && this.found === 'edge') this.found = undefined;
  }

  /** The edge has sent the first frame of a stream. */
  streamBegan(): void {
    this.hasStream = true;
    this.onEdge();
  }

  streamLeft(): void {
    this.hasStream = false;
  }

  streamEnded({ code, error }: StreamEnd): void {
    this.hasStream = false;
    if (code === CLOSE_BROKEN || !isOfEdge(code)) this.found = 'edge';
    else if (error === undefined) this.onEdge();
    else this.onError(error);
  }

  /** The ledger has answered a request, or committed a transaction. */
  onLedger(): void {
    this.isOffline = false;
    this.found = undefined;
  }

  /** What a request has come to instead of an answer. */
  onError(error: LedgercastError): void {
    const leg = legOf(error);
    // A request that gets lost beside a stream that goes on says nothing about the edge.
    if (leg === 'edge') this.found = this.hasStream ? this.found : 'edge';
    else if (OF_LEDGER.has(error.code)) this.onLedger();
    else this.onEdge(leg);
  }

  /** Why there is no token: the edge may have been asked for it, or somebody else. */
  onTokenError(error: LedgercastError): void {
    if (legOf(error) !== undefined) this.onError(error);
  }

  /** A request for which the edge had all the time it needs. */
  onSilence(): void {
    this.found = this.hasStream ? 'service' : 'edge';
  }

  /** Nothing is under way any more by which it would be noticed that a leg is whole again. */
  forget(): void {
    this.hasStream = false;
    this.found = undefined;
  }

  private onEdge(brokenBehind?: Leg): void {
    this.isOffline = false;
    if (brokenBehind !== undefined) this.found = brokenBehind;
    else if (this.found === 'edge') this.found = undefined;
  }
}

function legOf({ code, reason, metadata }: LedgercastError): Leg | undefined {
  // The provider of tokens has a way of its own.
  if (metadata.of === 'token') return undefined;
  // Something on the way answers without a reason of the edge's.
  if (reason === REASON.unreachable || reason === '') return 'edge';
  // Two transactions in each other's way are no database that is away, and a queue that is full is no service that is.
  if (reason === 'DATABASE_UNAVAILABLE' && code !== 'ABORTED') return 'database';
  if (reason === 'SERVICE_UNAVAILABLE' && code !== 'RESOURCE_EXHAUSTED') return 'service';
  return undefined;
}
