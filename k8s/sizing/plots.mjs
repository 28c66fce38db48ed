// Plots as SVG that reads on a dark page as well as on a light one.

import { percent } from './tables.mjs';

const WIDTH = 760;
const COLOURS = ['#0969da', '#cf222e', '#1a7f37', '#9a6700', '#8250df', '#bf3989'];
const STYLE = `<style>
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .title { font-size: 14px; font-weight: 600; }
  .axis { stroke: #8c959f; } .grid { stroke: #d0d7de; stroke-width: 0.5; }
  @media (prefers-color-scheme: dark) { text { fill: #e6edf3; } .grid { stroke: #30363d; } }
</style>`;

const escape = (text) => text.replace(/[&<>]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[sign]);
const at = (value) => Number(value.toFixed(1));

function svg(height, title, parts) {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escape(title)}">`,
    STYLE,
    `<text class="title" x="12" y="22">${escape(title)}</text>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

const big = (count) => (count >= 1e6 ? `${count / 1e6} M` : `${count / 1e3} k`);

const FRAME = { left: 56, right: WIDTH - 16, top: 40, bottom: 300 };

function axes(secondsMax, step) {
  const parts = [];
  for (let share = 0; share <= 1; share += 0.25) {
    const y = at(FRAME.bottom - share * (FRAME.bottom - FRAME.top));
    parts.push(`<line class="grid" x1="${FRAME.left}" x2="${FRAME.right}" y1="${y}" y2="${y}"/>`);
    parts.push(`<text x="${FRAME.left - 8}" y="${y + 4}" text-anchor="end">${percent(share)}</text>`);
  }
  for (let seconds = 0; seconds <= secondsMax; seconds += step) {
    const x = at(FRAME.left + (seconds / secondsMax) * (FRAME.right - FRAME.left));
    parts.push(`<line class="axis" x1="${x}" x2="${x}" y1="${FRAME.bottom}" y2="${FRAME.bottom + 4}"/>`);
    parts.push(`<text x="${x}" y="${FRAME.bottom + 18}" text-anchor="middle">${seconds} s</text>`);
  }
  return parts;
}

function curve(liveAt, secondsMax, colour, dashes) {
  const x = (seconds) => at(FRAME.left + (seconds / secondsMax) * (FRAME.right - FRAME.left));
  const y = (share) => at(FRAME.bottom - share * (FRAME.bottom - FRAME.top));
  const points = [`${x(0)},${y(0)}`];
  const count = 120;
  for (let index = 0; index <= count; index++) {
    const place = Math.min(liveAt.length - 1, Math.floor((index / count) * liveAt.length));
    points.push(`${x(liveAt[place])},${y((place + 1) / liveAt.length)}`);
  }
  points.push(`${x(secondsMax)},${y(1)}`);
  return `<polyline fill="none" stroke="${colour}" stroke-width="2"${dashes ? ' stroke-dasharray="5 4"' : ''} points="${points.join(' ')}"/>`;
}

/** Draws which share of the sockets that lost their edge is live again, over time. */
export function stormPlot(scenes) {
  const lines = scenes.flatMap(({ sized, storms }, index) =>
    storms
      .filter(({ storm }) => storm.liveAt.length > 0)
      .map(({ name, storm }, kind) => ({ label: `${big(sized.scenario.sockets)}: ${name}`, liveAt: storm.liveAt, colour: COLOURS[index % COLOURS.length], dashes: kind === 1 })),
  );
  const step = niceStep(Math.max(1, ...lines.map(({ liveAt }) => liveAt.at(-1))));
  const secondsMax = step * Math.ceil(Math.max(1, ...lines.map(({ liveAt }) => liveAt.at(-1))) / step);
  const parts = axes(secondsMax, step);
  lines.forEach(({ label, liveAt, colour, dashes }, index) => {
    const y = FRAME.bottom + 42 + 18 * index;
    parts.push(curve(liveAt, secondsMax, colour, dashes));
    parts.push(`<line x1="${FRAME.left}" x2="${FRAME.left + 28}" y1="${y - 4}" y2="${y - 4}" stroke="${colour}" stroke-width="2"${dashes ? ' stroke-dasharray="5 4"' : ''}/>`);
    parts.push(`<text x="${FRAME.left + 36}" y="${y}">${escape(label)}</text>`);
  });
  return svg(FRAME.bottom + 42 + 18 * lines.length, 'Of the sockets that lost their edge, live again', parts);
}

const niceStep = (most) => [1, 2, 5, 10, 20, 50, 100, 200, 500].find((step) => most / step <= 10) ?? 1000;

/** How far each resource is used, a bar each. */
export function resourcePlot(scenes) {
  const names = scenes[0].sized.resources.map(({ name }) => name);
  const left = 200;
  const barHeight = 10;
  const rowHeight = barHeight * scenes.length + 14;
  const widest = WIDTH - left - 70;
  const most = Math.max(1, ...scenes.flatMap(({ sized }) => sized.resources.map(({ share }) => share)));
  const parts = names.flatMap((name, row) => {
    const top = 44 + row * rowHeight;
    const bars = scenes.flatMap(({ sized }, index) => {
      const { share } = sized.resources.find((resource) => resource.name === name);
      const y = top + index * barHeight;
      const width = at((share / most) * widest);
      return [
        `<rect x="${left}" y="${y}" width="${width}" height="${barHeight - 2}" fill="${COLOURS[index % COLOURS.length]}"/>`,
        `<text x="${left + width + 4}" y="${y + 8}" style="font-size:9px">${percent(share)}</text>`,
      ];
    });
    return [`<text x="${left - 8}" y="${top + (rowHeight - 14) / 2 + 4}" text-anchor="end">${escape(name)}</text>`, ...bars];
  });
  const full = at(left + widest / most);
  const bottom = 44 + names.length * rowHeight;
  parts.push(`<line class="axis" x1="${full}" x2="${full}" y1="38" y2="${bottom - 8}" stroke-dasharray="2 3"/>`);
  scenes.forEach(({ sized }, index) => {
    const x = left + index * 180;
    parts.push(`<rect x="${x}" y="${bottom + 2}" width="12" height="10" fill="${COLOURS[index % COLOURS.length]}"/>`);
    parts.push(`<text x="${x + 18}" y="${bottom + 11}">${big(sized.scenario.sockets)} sockets</text>`);
  });
  return svg(bottom + 26, 'How far each resource is used', parts);
}
