// Describes the connection's state, as a kind and in words.

import type { Leg, Status } from '@ledgercast/client';
import { t } from '../messages';
import { formatCount } from './money';

export type StateKind =
  | 'signedOut'
  /** This device has no network. */
  | 'offline'
  | 'connecting'
  | 'catchingUp'
  | 'live'
  /** The edge can be reached, but nothing behind it. */
  | 'away'
  | 'waiting'
  | 'stopped';

export function kindOf(status: Status | null): StateKind {
  if (status === null || status.state === 'signedOut') return 'signedOut';
  if (status.state === 'closed') return 'stopped';
  if (status.broken === 'here') return 'offline';
  if (status.state === 'idle') return 'connecting';
  const isConnected = status.state === 'live' || status.state === 'catchingUp';
  return isConnected && isBehindEdge(status.broken) ? 'away' : status.state;
}

export function inWords(status: Status | null, nowMs: number): string {
  const kind = kindOf(status);
  switch (kind) {
    case 'offline':
      return t.state.broken.here;
    case 'away':
      return t.state.broken[status!.broken!];
    case 'waiting': {
      const seconds = Math.max(0, Math.ceil(((status?.retryAtMs ?? nowMs) - nowMs) / 1000));
      return withReason(status, t.state.waiting(String(seconds)));
    }
    case 'connecting':
      return withReason(status, t.state.connecting);
    case 'catchingUp': {
      const { position = 0n, head = null } = status ?? {};
      return head === null ? t.state.catchingUpSomewhere : t.state.catchingUp(formatCount(position), formatCount(head));
    }
    case 'stopped': {
      const why = status?.error?.message ?? '';
      return why === '' ? t.state.stopped : t.state.stoppedWith(why);
    }
    default:
      return t.state[kind];
  }
}

/** Returns the text for screen readers. It has no countdown and stays the same for all attempts to connect. */
export function spoken(status: Status | null): string {
  const kind = kindOf(status);
  const isLost = kind === 'waiting' || (kind === 'connecting' && status?.broken !== undefined);
  if (isLost) return withReason(status, t.state.waitingSpoken);
  return kind === 'catchingUp' ? t.state.catchingUpSomewhere : inWords(status, 0);
}

export function isBehindEdge(leg: Leg | undefined): leg is 'service' | 'database' {
  return leg === 'service' || leg === 'database';
}

function withReason(status: Status | null, what: string): string {
  const leg = status?.broken;
  return leg === undefined ? what : t.state.because(t.state.broken[leg], what);
}
