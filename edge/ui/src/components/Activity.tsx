import { useState } from 'react';
import type { ReactNode } from 'react';
import { t } from '../messages';
import { formatCount, formatShort } from '../model/money';
import { BalanceChart } from './BalanceChart';
import { Chart } from './Chart';
import { useLedger, useNow, useSnapshot } from './useLedger';

const RANGES = ['seconds', 'minutes'] as const;
const REDRAW_MS = 500;
const CHART_HEIGHT = 190;

export function Activity({ account }: { readonly account: string }) {
  const { store } = useLedger();
  const ownCurrency = useSnapshot((snapshot) => snapshot.currency);
  const [range, setRange] = useState<(typeof RANGES)[number]>('seconds');
  const [chosen, setChosen] = useState('');
  const nowMs = useNow(REDRAW_MS);
  const buckets = store[range];
  const { currencies } = buckets;
  const currency = currencies.includes(chosen) ? chosen : currencies.includes(ownCurrency) ? ownCurrency : (currencies[0] ?? ownCurrency);
  const { times, counts, volumes } = buckets.read(nowMs, currency);
  const money = (value: number) => formatShort(value, currency);
  return (
    <div className="activity">
      <div className="view-head">
        <h2 className="view-title">{t.activity.title}</h2>
        {currencies.length > 1 && (
          <select className="select" aria-label={t.activity.currency} value={currency} onChange={({ target }) => setChosen(target.value)}>
            {currencies.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        )}
        <div className="segments" role="group" aria-label={t.activity.range}>
          {RANGES.map((one) => (
            <button key={one} type="button" aria-pressed={one === range} onClick={() => setRange(one)}>
              {t.activity.ranges[one]}
            </button>
          ))}
        </div>
      </div>
      <Panel title={t.activity.rate[range]} values={counts} format={(value) => formatCount(Math.round(value))}>
        {(label) => <Chart kind="bars" height={CHART_HEIGHT} isSmall={false} label={label} xs={times} ys={counts} format={short} />}
      </Panel>
      <Panel title={t.activity.volume[range]} unit={currency} values={volumes} format={money}>
        {(label) => <Chart kind="area" height={CHART_HEIGHT} isSmall={false} label={label} xs={times} ys={volumes} format={money} />}
      </Panel>
      <section className="card panel panel-wide" aria-labelledby="history-title">
        <h3 id="history-title" className="card-title">
          {t.balance.history} <span className="unit">{account}</span>
        </h3>
        <BalanceChart height={CHART_HEIGHT} />
      </section>
    </div>
  );
}

const short = (value: number): string => formatShort(value, '');

interface PanelProps {
  readonly title: string;
  readonly unit?: string;
  readonly values: readonly number[];
  readonly format: (value: number) => string;
  readonly children: (label: string) => ReactNode;
}

function Panel({ title, unit = '', values, format, children }: PanelProps) {
  const now = format(values.at(-1) ?? 0);
  const peak = format(values.reduce((most, value) => Math.max(most, value), 0));
  const total = format(values.reduce((sum, value) => sum + value, 0));
  return (
    <section className="card panel" aria-label={title}>
      <div className="panel-head">
        <h3 className="card-title">
          {title} <span className="unit">{unit}</span>
        </h3>
        <dl className="figures">
          {[
            [t.activity.now, now],
            [t.activity.peak, peak],
            [t.activity.total, total],
          ].map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </div>
      {children(t.activity.summary(title, now, peak))}
    </section>
  );
}
