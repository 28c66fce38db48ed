// Reads the open view from the address, so that Back and bookmarks work.

import { useCallback, useSyncExternalStore } from 'react';

export const VIEWS = ['live', 'activity', 'accounts'] as const;
export type View = (typeof VIEWS)[number];

export const addressOf = (view: View): string => `#/${view}`;

export function useView(isAdmin: boolean): readonly [View, (view: View) => void] {
  const hash = useSyncExternalStore(
    (changed) => {
      addEventListener('hashchange', changed);
      return () => removeEventListener('hashchange', changed);
    },
    () => location.hash,
  );
  const named = VIEWS.find((view) => addressOf(view) === hash) ?? 'live';
  const go = useCallback((view: View) => void (location.hash = addressOf(view)), []);
  return [named === 'accounts' && !isAdmin ? 'live' : named, go];
}
