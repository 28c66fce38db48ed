import { inWords, kindOf, spoken } from '../model/connection';
import { t } from '../messages';
import { useLedger, useNow, useSnapshot } from './useLedger';

const TICK_MS = 250;

/** Says in words how the connection is. */
export function ConnectionState() {
  const ledger = useLedger();
  const status = useSnapshot((snapshot) => snapshot.status);
  const kind = kindOf(status);
  const nowMs = useNow(TICK_MS, kind === 'waiting');
  return (
    <div className="state" data-state={kind}>
      <span className="state-dot" aria-hidden="true" />
      <span data-testid="connection-state">{inWords(status, nowMs)}</span>
      {/* The spoken text is separate, because a countdown must not be read out every second. */}
      <span className="visually-hidden" role="status">
        {spoken(status)}
      </span>
      {kind === 'stopped' && (
        <button type="button" className="button-quiet" onClick={() => ledger.reconnect()}>
          {t.state.again}
        </button>
      )}
    </div>
  );
}
