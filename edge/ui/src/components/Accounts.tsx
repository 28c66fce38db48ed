import { useEffect } from 'react';
import { t } from '../messages';
import type { Holder } from '../model/accounts';
import { formatAmount, formatCount, formatSigned } from '../model/money';
import { AccountTable } from './AccountTable';
import { useLedger, useNow } from './useLedger';

const REDRAW_MS = 500;
const HOLDERS_MAX = 6;
const MOVERS_MAX = 8;

/** For admins: who holds what, and whose balance moves. */
export function Accounts() {
  const ledger = useLedger();
  const nowMs = useNow(REDRAW_MS);
  useEffect(() => void ledger.loadAccounts(), [ledger]);
  const holders = ledger.store.accounts.all();
  return (
    <div className="accounts">
      <div className="view-head">
        <h2 className="view-title">{t.accounts.title}</h2>
        <p className="hint">{t.accounts.count(formatCount(holders.length))}</p>
      </div>
      <div className="accounts-side">
        {byCurrency(holders).map(([currency, list]) => (
          <Holdings key={currency} currency={currency} holders={list} />
        ))}
        <MoversCard nowMs={nowMs} />
      </div>
      <AccountTable holders={holders} />
    </div>
  );
}

/** Groups holders by currency, the currency with the most accounts first. */
function byCurrency(holders: readonly Holder[]): [string, Holder[]][] {
  const groups = new Map<string, Holder[]>();
  for (const holder of holders) {
    const group = groups.get(holder.currency);
    if (group === undefined) groups.set(holder.currency, [holder]);
    else group.push(holder);
  }
  return [...groups].sort(([, a], [, b]) => b.length - a.length).slice(0, 3);
}

const larger = (a: bigint, b: bigint): number => (a < b ? 1 : a > b ? -1 : 0);

function Holdings({ currency, holders }: { readonly currency: string; readonly holders: readonly Holder[] }) {
  const positive = holders.filter(({ balance }) => balance > 0n).sort((a, b) => larger(a.balance, b.balance));
  const total = positive.reduce((sum, { balance }) => sum + balance, 0n);
  const shown = positive.slice(0, HOLDERS_MAX);
  const rest = positive.slice(HOLDERS_MAX);
  const restBalance = rest.reduce((sum, { balance }) => sum + balance, 0n);
  const largest = [restBalance, ...shown.map(({ balance }) => balance)].reduce((most, balance) => (balance > most ? balance : most), 1n);
  const bars = shown.map(({ name, balance }) => ({ name, balance, isRest: false }));
  if (rest.length > 0) bars.push({ name: t.accounts.others(formatCount(rest.length)), balance: restBalance, isRest: true });
  return (
    <section className="card" aria-label={`${t.accounts.holders}: ${currency}`}>
      <h3 className="card-title">{t.accounts.holders}</h3>
      <p className="hint">{t.accounts.holdersIn(currency)}</p>
      <ul className="bars">
        {bars.map(({ name, balance, isRest }) => (
          <li key={name} data-rest={isRest}>
            <span className="bar-name">{name}</span>
            <span className="bar-value">
              {formatAmount(balance, currency)} <span className="unit">{t.accounts.share(percentOf(balance, total))}</span>
            </span>
            <span className="bar" aria-hidden="true">
              <span style={{ width: `${Number((balance * 1000n) / largest) / 10}%` }} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function percentOf(part: bigint, whole: bigint): string {
  return whole === 0n ? '0' : (Number((part * 1000n) / whole) / 10).toFixed(1);
}

function MoversCard({ nowMs }: { readonly nowMs: number }) {
  const { store } = useLedger();
  const movers = store.movers.biggest(MOVERS_MAX, nowMs);
  return (
    <section className="card" aria-labelledby="movers-title">
      <h3 id="movers-title" className="card-title">
        {t.accounts.movers}
      </h3>
      <p className="hint">{movers.length === 0 ? t.accounts.noMovers : t.accounts.moversHint}</p>
      <ol className="movers" data-testid="movers">
        {movers.map(({ name, change, currency }) => (
          <li key={name}>
            <span className="bar-name">{name}</span>
            <span className="mover-change" data-direction={change > 0n ? 'in' : 'out'}>
              {formatSigned(change, currency)} <span className="currency">{currency}</span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
