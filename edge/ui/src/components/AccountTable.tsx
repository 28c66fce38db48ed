import { useState } from 'react';
import { t } from '../messages';
import type { Holder } from '../model/accounts';
import { formatAmount } from '../model/money';
import { VirtualRows } from './VirtualRows';

const ROW_HEIGHT = 42;

type Column = 'name' | 'department' | 'balance';
interface Order {
  readonly column: Column;
  readonly isDescending: boolean;
}

export function AccountTable({ holders }: { readonly holders: readonly Holder[] }) {
  const [search, setSearch] = useState('');
  const [order, setOrder] = useState<Order>({ column: 'balance', isDescending: true });
  const wanted = search.trim().toLowerCase();
  const rows = holders
    .filter(({ name, displayName }) => name.includes(wanted) || displayName.toLowerCase().includes(wanted))
    .sort((a, b) => (order.isDescending ? -1 : 1) * compare(a, b, order.column) || compare(a, b, 'name'));
  const sortBy = (column: Column) =>
    setOrder((before) => ({ column, isDescending: before.column === column ? !before.isDescending : column === 'balance' }));
  return (
    <section className="card list account-list" aria-labelledby="all-accounts-title">
      <div className="list-head">
        <h3 id="all-accounts-title" className="card-title">
          {t.accounts.all}
        </h3>
        <input
          className="filter"
          type="search"
          aria-label={t.accounts.search}
          placeholder={t.accounts.search}
          data-testid="account-search"
          value={search}
          onChange={({ target }) => setSearch(target.value)}
        />
      </div>
      <div className="table" role="table" aria-labelledby="all-accounts-title" aria-rowcount={rows.length + 1}>
        <div role="rowgroup" className="table-head">
          <div role="row" className="row-head" aria-rowindex={1}>
            {(['name', 'department', 'balance'] as const).map((column) => (
              <span key={column} role="columnheader" aria-sort={sortOf(order, column)}>
                <button type="button" className="sort" onClick={() => sortBy(column)}>
                  {t.accounts[column]}
                  <span className="sort-mark" aria-hidden="true" />
                </button>
              </span>
            ))}
          </div>
        </div>
        {rows.length === 0 && <p className="empty">{holders.length === 0 ? t.accounts.loading : t.accounts.empty}</p>}
        <VirtualRows
          count={rows.length}
          rowHeight={ROW_HEIGHT}
          label={t.accounts.all}
          testId="account-rows"
          row={(index) => <AccountRow key={rows[index]!.name} holder={rows[index]!} index={index} />}
        />
      </div>
    </section>
  );
}

function AccountRow({ holder, index }: { readonly holder: Holder; readonly index: number }) {
  const { name, displayName, department, currency, balance } = holder;
  const style = { transform: `translateY(${index * ROW_HEIGHT}px)` };
  return (
    <div role="row" className="row" data-fresh="" aria-rowindex={index + 2} style={style} data-account={name}>
      <span role="cell" className="cell-party">
        <b>{name}</b> {displayName !== '' && displayName !== name && <span className="direction">{displayName}</span>}
      </span>
      <span role="cell" className="cell-description">
        {department}
      </span>
      <span role="cell" className="cell-amount" data-minor-units={balance.toString()}>
        {formatAmount(balance, currency)} <span className="currency">{currency}</span>
      </span>
    </div>
  );
}

function sortOf({ column, isDescending }: Order, of: Column): 'ascending' | 'descending' | 'none' {
  if (column !== of) return 'none';
  return isDescending ? 'descending' : 'ascending';
}

function compare(a: Holder, b: Holder, column: Column): number {
  return a[column] < b[column] ? -1 : a[column] > b[column] ? 1 : 0;
}
