// A picture of a roll-out: how many sockets leave and come back each second, and the steps.

const WIDTH = 1100;
const HEIGHT = 480;
const LEFT = 60;
const RIGHT = 130;
const TOP = 210;
const BOTTOM = 50;
const TICKS = 4;
// Steps that are nearer than this share a mark.
const MARK_PIXELS = 12;

const escape = (text) => text.replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);
const text = (x, y, words, more = '') => `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${escape(words)}</text>`;

function marksOf(steps, x) {
  const marks = [];
  for (const { second, what } of steps.filter((step) => step.second >= 0)) {
    const at = x(second);
    const last = marks.at(-1);
    if (last && at - last.at < MARK_PIXELS) last.what += `, ${what}`;
    else marks.push({ at, what });
  }
  return marks.map(({ at, what }) => ({ at: at.toFixed(1), what }));
}

/** SVG. `figures`: of report.mjs. */
export function chartOf({ seconds, returnsASecond, leavesASecond, steps }, title) {
  const most = Math.max(...returnsASecond, ...leavesASecond, 1);
  const x = (second) => LEFT + (second / seconds) * (WIDTH - LEFT - RIGHT);
  const y = (count) => HEIGHT - BOTTOM - (count / most) * (HEIGHT - TOP - BOTTOM);
  const width = Math.max(x(1) - x(0) - 1, 0.5);
  const bars = returnsASecond.map((count, second) =>
    count === 0 ? '' : `<rect x="${x(second).toFixed(1)}" y="${y(count).toFixed(1)}" width="${width.toFixed(1)}" height="${(y(0) - y(count)).toFixed(1)}" fill="#2a78d6"/>`);
  const line = leavesASecond.map((count, second) => `${x(second + 0.5).toFixed(1)},${y(count).toFixed(1)}`).join(' ');
  const marks = marksOf(steps, x).map(({ at, what }) =>
    `<line x1="${at}" y1="${TOP}" x2="${at}" y2="${y(0)}" stroke="#999" stroke-dasharray="2 3"/><text transform="translate(${at} ${TOP - 6}) rotate(-50)">${escape(what)}</text>`);
  const ticks = Array.from({ length: TICKS + 1 }, (_, tick) => {
    const count = (most * tick) / TICKS;
    return `${text(LEFT - 8, y(count) + 4, count.toFixed(0), 'text-anchor="end"')}<line x1="${LEFT}" y1="${y(count)}" x2="${WIDTH - RIGHT}" y2="${y(count)}" stroke="#ddd"/>`;
  });
  const legend = [text(LEFT, HEIGHT - 12, 'bars: sockets that came back, each second'), `<text x="${LEFT + 300}" y="${HEIGHT - 12}" fill="#b5481b">line: sockets that were sent away</text>`];
  const scale = Array.from({ length: Math.floor(seconds / 10) + 1 }, (_, tens) => text(x(tens * 10), y(0) + 16, `${tens * 10} s`, 'text-anchor="middle"'));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="11" fill="#222">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>
${text(LEFT, 20, title, 'font-size="15"')}
${[...ticks, ...marks, ...bars, `<polyline points="${line}" fill="none" stroke="#b5481b" stroke-width="1.5"/>`, ...scale, ...legend].filter(Boolean).join('\n')}
</svg>
`;
}
