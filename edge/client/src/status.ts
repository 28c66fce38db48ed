// Describes the state of a client, for programs that show it.

import type { LedgercastError } from './errors.js';
import type { Leg } from './legs.js';
import type { Transport } from './stream.js';

export type State =
  /** No watch is running. */
  | 'idle'
  /** A stream is being opened, up to its first frame. */
  | 'connecting'
  /** The client is catching up, from `from` to `head`. */
  | 'catchingUp'
  /** Transactions arrive as soon as they are posted. */
  | 'live'
  /** The client connects again at `retryAtMs`. */
  | 'waiting'
  /** There is no token any more; a new `watch` asks for one again. */
  | 'signedOut'
  /** The client was ended by `close`, or because a new connection would end the same way: see `error`. */
  | 'closed';

/** An immutable snapshot. Every change makes a new one. */
export interface Status {
  readonly state: State;
  /** The transport in use, or being tried; null before the first one. */
  readonly transport: Transport | null;
  /** Sequence up to which the watch has received the log. */
  readonly position: bigint;
  /** The position when this connection began. */
  readonly from: bigint;
  /** Sequence of the log's end when it was last known; null if it is not known. */
  readonly head: bigint | null;
  /** Time of the next attempt by the client's clock, while `waiting`. */
  readonly retryAtMs: number | null;
  /** True if the server named the wait. Then `hurry` does not cut it short. */
  readonly isAskedToWait: boolean;
  /** Time from the commit of the newest live transaction to its arrival, as far as the two clocks agree. */
  readonly delayMs: number | null;
  /** The account that the server sees behind the socket; null if it did not say, since only sockets are told. */
  readonly subject: string | null;
  readonly isAdmin: boolean;
  /** Why the client waits, is signed out or closed. */
  readonly error: LedgercastError | null;
  /** The broken leg of the way to the ledger; absent if none is known to be broken. */
  readonly broken?: Leg;
}

export const IDLE: Status = {
  state: 'idle',
  transport: null,
  position: 0n,
  from: 0n,
  head: null,
  retryAtMs: null,
  isAskedToWait: false,
  delayMs: null,
  subject: null,
  isAdmin: false,
  error: null,
};

/** Returns `status` with the leg that is broken now. */
export function withBroken({ broken: _before, ...status }: Status, broken: Leg | undefined): Status {
  return broken === undefined ? status : { ...status, broken };
}
