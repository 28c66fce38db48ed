import { t } from '../messages';
import { isSet } from '../model/filter';
import { formatCount } from '../model/money';
import { ListToolbar, PauseButton } from './ListToolbar';
import { TransactionRow } from './TransactionRow';
import { VirtualRows } from './VirtualRows';
import { useLedger, useMedia, useNow, useSnapshot } from './useLedger';
import { useListView } from './useListView';
import type { ListView } from './useListView';

/** The width in list-narrow.css below which a row has two lines. */
const NARROW = '(max-width: 52rem)';
const ROW_HEIGHT = 42;
const ROW_HEIGHT_NARROW = 62;
/** At a higher rate single new rows are not highlighted, because nobody could see them. */
const FRESH_RATE_MAX = 8;

interface TransactionListProps {
  /** The reader's own account, or null for an admin, who sees all accounts. */
  readonly account: string | null;
  readonly isShown: boolean;
}

export function TransactionList({ account, isShown }: TransactionListProps) {
  const view = useListView();
  const ledger = useLedger();
  const { store } = ledger;
  const rate = store.seconds.rate(useNow(1000, isShown), 3);
  return (
    <section className="card list" aria-labelledby="list-title" data-kind={account === null ? 'admin' : 'member'}>
      <div className="list-head">
        <h2 id="list-title" className="card-title">
          {account === null ? t.list.titleAll : t.list.title}
        </h2>
        <p className="hint" data-testid="transaction-count">
          {countInWords(view, store.log.size, store.seenCount, ledger.hasOlder)}
        </p>
        {rate > 0 && <p className="hint">{t.list.perSecond(rate < 10 ? rate.toFixed(1) : formatCount(Math.round(rate)))}</p>}
        <PauseButton view={view} />
      </div>
      <ListToolbar view={view} />
      <div className="list-body">
        <Rows view={view} account={account} isCalm={rate <= FRESH_RATE_MAX} />
        {!view.isFollowing && (view.behind > 0 || !view.isPaused) && (
          <button type="button" className="jump" data-testid="jump" data-shortcut="jump" onClick={view.jump}>
            <span className="jump-arrow" aria-hidden="true" />
            {view.behind > 0 ? `${t.list.behind(view.behind, formatCount(view.behind))} · ` : ''}
            {t.list.jump}
          </button>
        )}
      </div>
    </section>
  );
}

function countInWords({ filter, count }: ListView, size: number, seen: number, hasOlder: boolean): string {
  if (seen === 0) return '';
  if (isSet(filter)) return t.list.matching(formatCount(count), formatCount(size));
  if (hasOlder) return t.list.loaded(formatCount(size));
  return seen > size ? t.list.newest(formatCount(size), formatCount(seen)) : t.list.count(formatCount(size));
}

interface RowsProps {
  readonly view: ListView;
  readonly account: string | null;
  readonly isCalm: boolean;
}

// The roles are written out. A <table> does not fit, because most rows do not exist as elements.
function Rows({ view, account, isCalm }: RowsProps) {
  const { store } = useLedger();
  const isLive = useSnapshot(({ status }) => status?.state === 'live');
  const rowHeight = useMedia(NARROW) ? ROW_HEIGHT_NARROW : ROW_HEIGHT;
  const { count } = view;
  return (
    <div className="table" role="table" aria-labelledby="list-title" aria-rowcount={count + 1}>
      <div role="rowgroup" className="table-head">
        <div role="row" className="row-head" aria-rowindex={1}>
          <span role="columnheader">{t.list.number}</span>
          <span role="columnheader">{t.list.time}</span>
          <span role="columnheader">{account === null ? t.list.parties : t.list.party}</span>
          <span role="columnheader">{t.list.description}</span>
          <span role="columnheader">{t.list.amount}</span>
        </div>
      </div>
      {count === 0 && <p className="empty">{emptyWords(view, store.log.size, isLive)}</p>}
      <VirtualRows
        ref={view.scroller}
        count={count}
        rowHeight={rowHeight}
        label={t.list.scroller}
        testId="transaction-rows"
        onScroll={view.scrolled}
        row={(index, slots) => {
          const { position, slot, generation } = view.at(index, slots);
          const row = store.log.at(position);
          const isFresh = isCalm && view.isFollowing && position >= store.freshFrom;
          return row === undefined ? null : (
            <TransactionRow
              key={slot}
              row={row}
              account={account}
              top={index * rowHeight}
              rowIndex={index + 2}
              fresh={isFresh ? (generation === 0 ? 'a' : 'b') : ''}
            />
          );
        }}
      />
    </div>
  );
}

function emptyWords({ filter, isFollowing }: ListView, size: number, isLive: boolean): string {
  if (size > 0) return isSet(filter) ? t.list.noMatch : isFollowing ? t.list.empty : t.list.gone;
  return isLive ? t.list.empty : t.list.waiting;
}
