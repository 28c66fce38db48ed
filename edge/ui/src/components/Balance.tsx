import { formatAmount } from '../money';

interface BalanceProps {
  readonly account: string;
  readonly displayName: string;
  /** Undefined until the server has told it. */
  readonly amount: bigint | undefined;
  readonly currency: string;
}

export function Balance({ account, displayName, amount, currency }: BalanceProps) {
  return (
    <section className="card balance" aria-labelledby="balance-title">
      <h2 id="balance-title" className="card-title">
        Balance
      </h2>
      <p className="balance-amount" data-testid="balance" data-minor-units={amount?.toString()}>
        {amount === undefined ? '—' : formatAmount(amount, currency)}
        {currency !== '' && <span className="balance-currency"> {currency}</span>}
      </p>
      <p className="balance-owner">{displayName === '' ? account : displayName}</p>
    </section>
  );
}
