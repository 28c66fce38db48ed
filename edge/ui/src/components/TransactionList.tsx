import { memo } from 'react';
import type { ConnectionStatus } from '../connectionStatus';
import type { Feed } from '../feed';
import { formatAmount, formatSigned } from '../money';
import type { Transaction } from '../protocol';
import { formatTime } from '../time';

interface TransactionListProps {
  readonly feed: Feed;
  readonly account: string;
  readonly admin: boolean;
  readonly status: ConnectionStatus;
}

// Roles are spelled out because the narrow layout takes the table display away,
// and with it some browsers drop what a table means to a screen reader.
export function TransactionList({ feed, account, admin, status }: TransactionListProps) {
  const { rows, seenCount, freshAfter } = feed;
  return (
    <section className="card list" aria-labelledby="list-title">
      <div className="list-head">
        <h2 id="list-title" className="card-title">
          {admin ? 'Transactions of all accounts' : 'Transactions'}
        </h2>
        {rows.length > 0 && (
          <p className="hint" data-testid="transaction-count">
            {countInWords(rows.length, seenCount)}
          </p>
        )}
      </div>
      {rows.length === 0 ? (
        <p className="empty">
          {status.kind === 'live'
            ? 'Nothing yet. Transactions appear here the moment they are posted.'
            : 'Waiting for the ledger…'}
        </p>
      ) : (
        <table className="table" role="table" data-kind={admin ? 'admin' : 'member'} aria-labelledby="list-title">
          <thead role="rowgroup">
            <tr role="row">
              <th role="columnheader" scope="col" className="cell-sequence">No.</th>
              <th role="columnheader" scope="col" className="cell-time">Time</th>
              <th role="columnheader" scope="col" className="cell-party">{admin ? 'From and to' : 'With'}</th>
              <th role="columnheader" scope="col" className="cell-description">Description</th>
              <th role="columnheader" scope="col" className="cell-amount">Amount</th>
            </tr>
          </thead>
          <tbody role="rowgroup">
            {rows.map((row) => (
              <Row
                key={row.sequence.toString()}
                row={row}
                account={admin ? null : account}
                isFresh={freshAfter !== null && row.sequence > freshAfter}
              />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function countInWords(shown: number, seen: number): string {
  const format = (count: number) => formatAmount(BigInt(count), '');
  return seen > shown ? `Newest ${format(shown)} of ${format(seen)}` : `${format(shown)} in all`;
}

interface RowProps {
  readonly row: Transaction;
  /** The reader's own account, or null for one who sees everybody's. */
  readonly account: string | null;
  readonly isFresh: boolean;
}

// A row never changes, so only new ones cost a render.
const Row = memo(function Row({ row, account, isFresh }: RowProps) {
  const isOutgoing = row.fromAccount === account;
  const signed = isOutgoing ? -row.amount : row.amount;
  const direction = account === null ? 'none' : isOutgoing ? 'out' : 'in';
  return (
    <tr role="row" data-testid="transaction-row" data-sequence={row.sequence.toString()} data-id={row.id} data-fresh={isFresh}>
      <td role="cell" className="cell-sequence">{row.sequence.toString()}</td>
      <td role="cell" className="cell-time">
        <time dateTime={row.createTime} title={new Date(row.createTime).toLocaleString()}>
          {formatTime(row.createTime, Date.now())}
        </time>
      </td>
      <td role="cell" className="cell-party">
        {account === null ? (
          <>
            {row.fromAccount} <span className="arrow" aria-hidden="true">→</span>
            <span className="visually-hidden">to</span> {row.toAccount}
          </>
        ) : (
          <>
            <span className="direction">{isOutgoing ? 'to' : 'from'}</span> {isOutgoing ? row.toAccount : row.fromAccount}
          </>
        )}
      </td>
      <td role="cell" className="cell-description">{row.description}</td>
      <td role="cell" className="cell-amount" data-direction={direction}>
        {account === null ? formatAmount(row.amount, row.currency) : formatSigned(signed, row.currency)}{' '}
        <span className="currency">{row.currency}</span>
      </td>
    </tr>
  );
});
