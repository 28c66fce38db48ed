// A list of which only the rows in sight exist. All rows are equally high, so where one lies is
// arithmetic, and a hundred thousand cost what twenty do.

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
  /** So many `slots` are enough for all that exist at once: keys modulo them use elements again. */
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
