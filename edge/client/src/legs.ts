// Decides which leg of the way to the ledger is broken, as far as this client can know. It uses what the device says,
// and the last answers that came back.

import { CLOSE_BROKEN, isOfEdge } from './closeCodes.js';
import { REASON } from './errors.js';
import type { LedgercastError } from './errors.js';
import type { StreamEnd } from './stream.js';

export type Leg =
  /** This device has no network. */
  | 'here'
  /** The edge cannot be reached. */
  | 'edge'
  /** The edge can be reached, but its service is away or does not answer it. */
  | 'service'
  /** Edge and service can be reached, but the service says that its database is away. */
  | 'database';

/** Errors that only the ledger itself can give, because they need a look into the database. */
const OF_LEDGER = new Set(['NOT_FOUND', 'FAILED_PRECONDITION', 'ALREADY_EXISTS', 'OUT_OF_RANGE']);

export class Legs {
  private isOffline = false;
  private found: Leg | undefined;
  private hasStream = false;

  get broken(): Leg | undefined {
    return this.isOffline ? 'here' : this.found;
  }

  /** Called when the device says whether it is online. It may be wrong, so answers from the edge count for more. */
  setOnline(isOnline: boolean): void {
    this.isOffline = !isOnline;
    // The new network may reach the edge.
    if (isOnline && this.found === 'edge') this.found = undefined;
  }

  /** Called when the edge has sent the first frame of a stream. */
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

  /** Called when the ledger has answered a request, or has committed a transaction. */
  onLedger(): void {
    this.isOffline = false;
    this.found = undefined;
  }

  /** Called when a request has failed. */
  onError(error: LedgercastError): void {
    const leg = legOf(error);
    // If a request gets lost while a stream works, it says nothing about the edge.
    if (leg === 'edge') this.found = this.hasStream ? this.found : 'edge';
    else if (OF_LEDGER.has(error.code)) this.onLedger();
    else this.onEdge(leg);
  }

  /** Called when no token could be had. The edge may have been asked for it, or another server. */
  onTokenError(error: LedgercastError): void {
    if (legOf(error) !== undefined) this.onError(error);
  }

  /** Called when a request got no answer in the time that an edge needs. */
  onSilence(): void {
    this.found = this.hasStream ? 'service' : 'edge';
  }

  /** Forgets what was found, because nothing is running that would show when a leg works again. */
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
  // The token provider may use another server, so its errors do not say anything about this way.
  if (metadata.of === 'token') return undefined;
  // The answer has no reason of the edge, so it comes from something in between.
  if (reason === REASON.unreachable || reason === '') return 'edge';
  // ABORTED means that two transactions met, and RESOURCE_EXHAUSTED that a queue is full. Database and service are
  // there.
  if (reason === 'DATABASE_UNAVAILABLE' && code !== 'ABORTED') return 'database';
  if (reason === 'SERVICE_UNAVAILABLE' && code !== 'RESOURCE_EXHAUSTED') return 'service';
  return undefined;
}
