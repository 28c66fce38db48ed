import { t } from '../messages';
import { formatAmount } from '../model/money';
import { BalanceChart } from './BalanceChart';
import { useLedger, useSnapshot } from './useLedger';

export function BalanceCard({ account }: { readonly account: string }) {
  const { store } = useLedger();
  const amount = useSnapshot(() => store.balance);
  const currency = useSnapshot((snapshot) => snapshot.currency);
  const displayName = useSnapshot((snapshot) => snapshot.displayName);
  const text = amount === undefined ? '—' : formatAmount(amount, currency);
  return (
    <section className="card balance" aria-labelledby="balance-title">
      <h2 id="balance-title" className="label">
        {t.balance.title}
        {displayName !== '' && displayName !== account && <span className="balance-owner"> · {displayName}</span>}
      </h2>
      <p className="balance-amount" data-testid="balance" data-minor-units={amount?.toString()} data-long={text.length > 13}>
        {text}
        {currency !== '' && <span className="balance-currency"> {currency}</span>}
      </p>
      <BalanceChart height={64} isSmall />
    </section>
  );
}
