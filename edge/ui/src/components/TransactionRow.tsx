import { memo } from 'react';
import { t } from '../messages';
import { formatAmount, formatSigned } from '../model/money';
import type { Row } from '../model/rows';
import { formatMoment, formatTime } from '../model/time';

interface TransactionRowProps {
  readonly row: Row;
  /** The reader's own account, or null for an admin, who sees all accounts. */
  readonly account: string | null;
  readonly top: number;
  readonly rowIndex: number;
  /** Two values mean fresh, so that the animation starts again when an element is reused. */
  readonly fresh: '' | 'a' | 'b';
}

// A row's content never changes, so memo makes moving an old row cheap.
export const TransactionRow = memo(function TransactionRow({ row, account, top, rowIndex, fresh }: TransactionRowProps) {
  return (
    <div
      className="row"
      role="row"
      aria-rowindex={rowIndex}
      style={{ transform: `translateY(${top}px)` }}
      data-testid="transaction-row"
      data-sequence={row.sequence.toString()}
      data-id={row.id}
      data-fresh={fresh}
    >
      <Cells row={row} account={account} />
    </div>
  );
});

const Cells = memo(function Cells({ row, account }: { readonly row: Row; readonly account: string | null }) {
  const { fromAccount, toAccount, currency, description, timeMs } = row;
  const isOutgoing = fromAccount === account;
  const direction = account === null ? 'none' : isOutgoing ? 'out' : 'in';
  return (
    <>
      <span role="cell" className="cell-sequence">
        {row.sequence.toString()}
      </span>
      <span role="cell" className="cell-time" title={formatMoment(timeMs)}>
        {formatTime(timeMs, Date.now())}
      </span>
      {account === null ? (
        <span role="cell" className="cell-party" title={`${fromAccount} → ${toAccount}`}>
          <b>{fromAccount}</b>
          <span className="arrow" aria-hidden="true" />
          <span className="visually-hidden"> {t.list.to} </span>
          <b>{toAccount}</b>
        </span>
      ) : (
        <span role="cell" className="cell-party">
          <span className="direction">{isOutgoing ? t.list.to : t.list.from}</span> <b>{isOutgoing ? toAccount : fromAccount}</b>
        </span>
      )}
      <span role="cell" className="cell-description" title={description}>
        {description}
      </span>
      <span role="cell" className="cell-amount" data-direction={direction}>
        {account === null ? formatAmount(row.amount, currency) : formatSigned(isOutgoing ? -row.amount : row.amount, currency)}{' '}
        <span className="currency">{currency}</span>
      </span>
    </>
  );
});
