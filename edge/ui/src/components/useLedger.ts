// Hooks by which components read the ledger. A component renders again only when what it selects has changed.

import { createContext, useContext, useEffect, useState, useSyncExternalStore } from 'react';
import type { Ledger, Snapshot } from '../model/ledger';

export const LedgerContext = createContext<Ledger | null>(null);

export function useLedger(): Ledger {
  const ledger = useContext(LedgerContext);
  if (ledger === null) throw new Error('no ledger around this component');
  return ledger;
}

/** Returns a part of the snapshot. `select` must return a primitive, or an object that stays the same until it changes. */
export function useSnapshot<T>(select: (snapshot: Snapshot) => T): T {
  const ledger = useLedger();
  return useSyncExternalStore(ledger.subscribe, () => select(ledger.snapshot()));
}

/** Returns the time, updated every `everyMs` while it is needed. */
export function useNow(everyMs: number, isNeeded = true): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    if (!isNeeded) return undefined;
    const tick = () => setNowMs(Date.now());
    tick();
    const timer = setInterval(tick, everyMs);
    return () => clearInterval(timer);
  }, [everyMs, isNeeded]);
  return nowMs;
}

export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const media = matchMedia(query);
      media.addEventListener('change', changed);
      return () => media.removeEventListener('change', changed);
    },
    () => matchMedia(query).matches,
  );
}
