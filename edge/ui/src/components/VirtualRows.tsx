// Shows a list in which only the visible rows exist as elements. All rows have the same height, so positions are
// computed, and a hundred thousand rows cost as much as twenty.

import { useLayoutEffect, useRef, useState } from 'react';
import type { ReactNode, Ref } from 'react';

const OVERSCAN = 4;

interface VirtualRowsProps {
  readonly count: number;
  readonly rowHeight: number;
  readonly label: string;
  readonly testId: string;
  readonly ref?: Ref<HTMLDivElement>;
  readonly onScroll?: (scrollTop: number) => void;
  /** Renders a row. `slots` is the largest number of rows that exist at once. Keys modulo `slots` reuse elements. */
  readonly row: (index: number, slots: number) => ReactNode;
}

export function VirtualRows({ count, rowHeight, label, testId, ref, onScroll, row }: VirtualRowsProps) {
  const scroller = useRef<HTMLDivElement | null>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(0);

  useLayoutEffect(() => {
    const element = scroller.current!;
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    setHeight(element.clientHeight);
    return () => observer.disconnect();
  }, []);

  const inSight = Math.ceil(height / rowHeight) + 1;
  const first = Math.max(0, Math.min(top - OVERSCAN, count - inSight - OVERSCAN));
  const last = Math.min(count, first + inSight + 2 * OVERSCAN);
  const indexes = Array.from({ length: Math.max(0, last - first) }, (_, offset) => first + offset);

  return (
    <div
      ref={(element) => {
        scroller.current = element;
        if (typeof ref === 'function') ref(element);
        else if (ref) ref.current = element;
      }}
      className="scroller"
      role="rowgroup"
      tabIndex={0}
      aria-label={label}
      data-testid={testId}
      onScroll={({ currentTarget }) => {
        setTop(Math.floor(currentTarget.scrollTop / rowHeight));
        onScroll?.(currentTarget.scrollTop);
      }}
    >
      <div className="scroller-rows" role="presentation" style={{ height: count * rowHeight }}>
        {indexes.map((index) => row(index, inSight + 2 * OVERSCAN))}
      </div>
    </div>
  );
}
