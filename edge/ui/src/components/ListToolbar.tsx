import { t } from '../messages';
import { NO_FILTER, isSet } from '../model/filter';
import type { Filter } from '../model/filter';
import type { ListView } from './useListView';

export function ListToolbar({ view }: { readonly view: ListView }) {
  const { filter, setFilter } = view;
  const input = (name: keyof Filter, label: string) => ({
    className: 'filter',
    type: 'search',
    'aria-label': label,
    placeholder: label,
    autoComplete: 'off',
    autoCapitalize: 'none',
    spellCheck: false,
    'data-testid': `filter-${name}`,
    value: filter[name],
    onChange: ({ target }: { target: HTMLInputElement }) => setFilter({ ...filter, [name]: target.value }),
  });
  return (
    <div className="toolbar" role="search" aria-label={t.list.filters}>
      <input {...input('text', t.list.text)} data-shortcut="filter" />
      <input {...input('account', t.list.account)} />
      <input {...input('amount', t.list.least)} inputMode="decimal" />
      {isSet(filter) && (
        <button type="button" className="button-quiet" data-testid="filter-clear" onClick={() => setFilter(NO_FILTER)}>
          {t.list.clear}
        </button>
      )}
    </div>
  );
}

export function PauseButton({ view: { isPaused, togglePause } }: { readonly view: ListView }) {
  return (
    <button
      type="button"
      className="button-quiet list-pause"
      aria-pressed={isPaused}
      data-testid="pause"
      data-shortcut="pause"
      onClick={togglePause}
    >
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <path d="M7 4.5v11M13 4.5v11" />
      </svg>
      {t.list.pause}
    </button>
  );
}
