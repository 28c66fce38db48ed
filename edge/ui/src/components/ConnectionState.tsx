import { inWords, kindOf, spoken } from '../model/connection';
import { t } from '../messages';
import { useLedger, useNow, useSnapshot } from './useLedger';

const TICK_MS = 250;

/** Where the connection stands, in words. */
export function ConnectionState() {
  const ledger = useLedger();
  const status = useSnapshot((snapshot) => snapshot.status);
  const kind = kindOf(status);
  const nowMs = useNow(TICK_MS, kind === 'waiting');
  return (
    <div className="state" data-state={kind}>
      <span className="state-dot" aria-hidden="true" />
      <span data-testid="connection-state">{inWords(status, nowMs)}</span>
      {/* Apart from what is seen: a countdown must not be read out every second. */}
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
