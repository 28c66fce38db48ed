import type { Status } from '@ledgercast/client';
import { t } from '../messages';
import { formatCount } from '../model/money';
import { useLedger, useNow, useSnapshot } from './useLedger';

const TICK_MS = 250;

export type StateKind = 'signedOut' | 'connecting' | 'catchingUp' | 'live' | 'away' | 'waiting' | 'stopped';

export function kindOf(status: Status | null, isLedgerAway: boolean): StateKind {
  switch (status?.state) {
    case undefined:
    case 'signedOut':
      return 'signedOut';
    case 'idle':
    case 'connecting':
      return 'connecting';
    case 'live':
      return isLedgerAway ? 'away' : 'live';
    case 'closed':
      return 'stopped';
    default:
      return status!.state as 'catchingUp' | 'waiting';
  }
}

/** Where the connection stands, in words. */
export function ConnectionState() {
  const ledger = useLedger();
  const status = useSnapshot((snapshot) => snapshot.status);
  const isLedgerAway = useSnapshot((snapshot) => snapshot.isLedgerAway);
  const kind = kindOf(status, isLedgerAway);
  const nowMs = useNow(TICK_MS, kind === 'waiting');
  return (
    <div className="state" data-state={kind}>
      <span className="state-dot" aria-hidden="true" />
      <span data-testid="connection-state">{inWords(kind, status, nowMs)}</span>
      {/* Apart from what is seen: a countdown must not be read out every second. */}
      <span className="visually-hidden" role="status">
        {spoken(kind, status)}
      </span>
      {kind === 'stopped' && (
        <button type="button" className="button-quiet" onClick={() => ledger.reconnect()}>
          {t.state.again}
        </button>
      )}
    </div>
  );
}

function spoken(kind: StateKind, status: Status | null): string {
  if (kind === 'waiting') return t.state.waitingSpoken;
  return kind === 'catchingUp' ? t.state.catchingUpSomewhere : inWords(kind, status, 0);
}

function inWords(kind: StateKind, status: Status | null, nowMs: number): string {
  switch (kind) {
    case 'waiting': {
      const seconds = Math.max(0, Math.ceil(((status?.retryAtMs ?? nowMs) - nowMs) / 1000));
      return t.state.waiting(String(seconds));
    }
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
