// Draws charts with uPlot in the page's own style. It is loaded when the first chart is shown.

import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';

export interface DrawingOptions {
  readonly kind: 'area' | 'bars' | 'steps';
  readonly height: number;
  /** True if the chart has no axes. */
  readonly isSmall: boolean;
  readonly format: (value: number) => string;
}

const AXIS_FONT = '12px "Figtree Variable", system-ui, sans-serif';
const AXIS_WIDTH = 56;
const X_AXIS_HEIGHT = 26;

export class Drawing {
  private readonly plot: uPlot;
  private readonly isBars: boolean;
  private readonly observer: ResizeObserver;

  constructor(frame: HTMLElement, options: DrawingOptions) {
    this.isBars = options.kind === 'bars';
    this.plot = new uPlot(optionsOf(frame, options), [[], []], frame);
    this.observer = new ResizeObserver(() => this.plot.setSize({ width: frame.clientWidth, height: options.height }));
    this.observer.observe(frame);
  }

  draw(xs: readonly number[], ys: readonly (number | null)[]): void {
    // A bar of height 0 would still draw its border, so it is left out.
    const drawn = this.isBars ? ys.map((y) => (y === 0 ? null : y)) : ys;
    this.plot.setData([xs as number[], drawn as (number | null)[]]);
  }

  destroy(): void {
    this.observer.disconnect();
    this.plot.destroy();
  }
}

/** Returns a colour token of the style sheet in a form that a canvas understands. */
function colourOf(frame: HTMLElement, token: string): string {
  const probe = frame.appendChild(document.createElement('i'));
  probe.style.color = `var(${token})`;
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}

function optionsOf(frame: HTMLElement, { kind, height, isSmall, format }: DrawingOptions): uPlot.Options {
  const line = colourOf(frame, '--series');
  const fill = colourOf(frame, kind === 'bars' ? '--series' : '--series-soft');
  const text = colourOf(frame, '--ink-soft');
  const grid = colourOf(frame, '--line');
  const axis = { stroke: text, font: AXIS_FONT, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
  const paths = kind === 'bars' ? uPlot.paths.bars!({ size: [0.7, 24] }) : kind === 'steps' ? uPlot.paths.stepped!({ align: 1 }) : undefined;
  // A curve that does not start at zero is filled down to the lower border.
  const fillTo = () => (kind === 'steps' ? -Number.MAX_SAFE_INTEGER : 0);
  return {
    width: frame.clientWidth,
    height,
    padding: isSmall ? [4, 0, 2, 0] : [8, 12, 0, 0],
    legend: { show: false },
    cursor: { show: !isSmall, y: false, points: { size: 6, fill: line }, drag: { x: false, y: false } },
    scales: { y: { range: (_plot, min, max) => rangeOf(min, max, kind) } },
    axes: [
      { ...axis, show: !isSmall, grid: { show: false }, size: X_AXIS_HEIGHT, space: 80, values: (_plot, splits) => timesOf(splits) },
      { ...axis, show: !isSmall, size: AXIS_WIDTH, space: 36, values: (_plot, splits) => splits.map(format) },
    ],
    series: [{}, { stroke: line, fill, fillTo, width: kind === 'bars' ? 0 : 1.5, points: { show: false }, ...(paths && { paths }) }],
    plugins: isSmall ? [] : [tip(format)],
  };
}

/** Returns the range of the y axis. Rates start at zero; a balance of millions would look flat on such an axis. */
function rangeOf(min: number | null, max: number | null, kind: DrawingOptions['kind']): [number, number] {
  if (min === null || max === null) return [0, 1];
  if (kind !== 'steps') return [0, Math.max(1, max * 1.1)];
  const room = Math.max((max - min) * 0.12, Math.abs(max) * 0.002, 1);
  return [min - room, max + room];
}

const clockTime = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const clockSeconds = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const day = new Intl.DateTimeFormat(undefined, { day: '2-digit', month: 'short' });

function timesOf(splits: readonly number[]): string[] {
  const step = (splits[1] ?? 0) - (splits[0] ?? 0);
  const format = step >= 86_400 ? day : step >= 60 ? clockTime : clockSeconds;
  return splits.map((split) => format.format(split * 1000));
}

/** Shows time and value under the pointer. */
function tip(format: (value: number) => string): uPlot.Plugin {
  const box = document.createElement('div');
  box.className = 'chart-tip';
  return {
    hooks: {
      init: (plot) => void plot.over.append(box),
      setCursor: (plot) => {
        const { idx, left = -1 } = plot.cursor;
        const x = idx === null || idx === undefined ? undefined : plot.data[0][idx];
        const y = idx === null || idx === undefined ? undefined : plot.data[1]![idx];
        box.hidden = left < 0 || x === undefined || y === undefined || y === null;
        if (box.hidden) return;
        box.textContent = `${clockSeconds.format(x! * 1000)}  ${format(y!)}`;
        box.style.transform = `translateX(${Math.min(left + 8, plot.over.clientWidth - box.offsetWidth)}px)`;
      },
    },
  };
}
