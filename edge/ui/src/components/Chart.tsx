// Shows one curve. The drawing library is loaded when the first chart is shown, and not with the page.

import { useEffect, useRef, useState } from 'react';
import type { Drawing, DrawingOptions } from '../charts/drawing';
import { onColours } from '../model/theme';

export interface ChartProps extends DrawingOptions {
  /** Text for readers who do not see the curve. */
  readonly label: string;
  /** Times in seconds, ascending. */
  readonly xs: readonly number[];
  readonly ys: readonly (number | null)[];
}

export function Chart({ label, xs, ys, kind, height, isSmall, format }: ChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [drawing, setDrawing] = useState<Drawing | null>(null);
  const [colours, setColours] = useState(0);
  const formatNow = useRef(format);
  formatNow.current = format;

  useEffect(() => onColours(() => setColours((count) => count + 1)), []);

  useEffect(() => {
    let made: Drawing | null = null;
    let isGone = false;
    void import('../charts/drawing').then(({ Drawing }) => {
      if (isGone || frame.current === null) return;
      made = new Drawing(frame.current, { kind, height, isSmall, format: (value) => formatNow.current(value) });
      setDrawing(made);
    });
    return () => {
      isGone = true;
      made?.destroy();
      setDrawing(null);
    };
  }, [kind, height, isSmall, colours]);

  useEffect(() => drawing?.draw(xs, ys), [drawing, xs, ys]);

  return (
    <div className="chart" role="img" aria-label={label}>
      <div ref={frame} className="chart-frame" style={{ height }} />
    </div>
  );
}
