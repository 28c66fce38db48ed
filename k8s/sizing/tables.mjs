// Tables as Markdown, which reads well in a terminal, too.

/** `rows` of texts below `head`; the first column is text, the others are figures. */
export function table(head, rows) {
  const all = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(3, ...all.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(all[0]), rule, ...all.slice(1).map(line)].join('\n');
}

/** As people say it: 1,234 or 0.012, three digits that count. */
export function say(value) {
  if (!Number.isFinite(value)) return 'none';
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  const rounded = digits > 0 ? Number(value.toFixed(Math.min(digits, 6))) : roundTo(value, 3);
  return rounded.toLocaleString('en-US', { maximumFractionDigits: 6 });
}

function roundTo(value, digits) {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.abs(value))) + 1 - digits);
  return Math.round(value / unit) * unit;
}

export const percent = (share) => `${say(share * 100)} %`;

/** 75 s, 12 min, 3.4 h. */
export function duration(seconds) {
  if (!Number.isFinite(seconds)) return 'never';
  if (seconds < 120) return `${say(seconds)} s`;
  if (seconds < 7200) return `${say(seconds / 60)} min`;
  return `${say(seconds / 3600)} h`;
}
