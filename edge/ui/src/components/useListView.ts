// Decides which part of the ledger the list shows. It follows the newest row, or stands still while it is paused or
// scrolled, so that rows do not move while they are read.

import { useRef, useState } from 'react';
import { NO_FILTER } from '../model/filter';
import type { Filter } from '../model/filter';
import { useLedger, useSnapshot } from './useLedger';

export function useListView() {
  const ledger = useLedger();
  const { log, filtered } = ledger.store;
  useSnapshot((snapshot) => snapshot.version);
  const [filter, setFilterShown] = useState<Filter>(NO_FILTER);
  const [isPaused, setIsPaused] = useState(false);
  /** One beyond the newest position that is shown while the list stands still; null while it follows. */
  const [heldEnd, setHeldEnd] = useState<number | null>(null);
  const scroller = useRef<HTMLDivElement>(null);

  const end = heldEnd ?? log.end;
  const count = filtered.countBefore(end);
  const behind = heldEnd === null ? 0 : filtered.countBefore(log.end) - count;

  function jump(): void {
    setIsPaused(false);
    setHeldEnd(null);
    scroller.current?.scrollTo({ top: 0 });
  }

  function setFilter(next: Filter): void {
    filtered.setFilter(next);
    setFilterShown(next);
    scroller.current?.scrollTo({ top: 0 });
  }

  function scrolled(top: number): void {
    const element = scroller.current;
    if (top > 4 && heldEnd === null) setHeldEnd(log.end);
    if (top <= 4 && !isPaused) setHeldEnd(null);
    const isAtEnd = element !== null && top + 2 * element.clientHeight > element.scrollHeight;
    if (isAtEnd && ledger.hasOlder) void ledger.loadOlder();
  }

  function togglePause(): void {
    if (isPaused) return jump();
    setIsPaused(true);
    setHeldEnd((held) => held ?? log.end);
  }

  /** Returns a row's position, and the slot and generation that make the key of its element. */
  const at = (index: number, slots: number) => {
    const position = filtered.positionAt(index, end);
    const ordinal = filtered.isFiltering ? count - 1 - index : position;
    const slot = ((ordinal % slots) + slots) % slots;
    return { position, slot, generation: Math.abs(Math.floor(ordinal / slots) % 2) };
  };

  return { filter, setFilter, isPaused, togglePause, jump, isFollowing: heldEnd === null, behind, count, scroller, scrolled, at };
}

export type ListView = ReturnType<typeof useListView>;
