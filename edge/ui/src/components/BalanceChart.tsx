import { t } from '../messages';
import { formatShort } from '../model/money';
import { Chart } from './Chart';
import { useLedger, useNow, useSnapshot } from './useLedger';

const REDRAW_MS = 500;

/** Shows the balance of the reader's own account up to now. */
export function BalanceChart({ height, isSmall = false }: { readonly height: number; readonly isSmall?: boolean }) {
  const { store } = useLedger();
  const currency = useSnapshot((snapshot) => snapshot.currency);
  const nowMs = useNow(REDRAW_MS);
  const { times, balances } = store.history;
  const first = balances[0];
  const last = balances.at(-1);
  if (first === undefined || last === undefined) return <p className="hint chart-empty">{t.balance.noHistory}</p>;
  const xs = [...times, Math.max(nowMs / 1000, times.at(-1)! + 1)];
  const ys = [...balances, last];
  return (
    <Chart
      kind="steps"
      height={height}
      isSmall={isSmall}
      xs={xs}
      ys={ys}
      label={t.balance.historyOf(formatShort(first, currency), formatShort(last, currency))}
      format={(value) => formatShort(value, currency)}
    />
  );
}
