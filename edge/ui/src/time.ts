// Times as the reader's own clock on the wall shows them.

const timeOnly = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const dayAndTime = new Intl.DateTimeFormat(undefined, {
  day: '2-digit',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const dateOnly = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** Today by the second, this year by the minute, before that by the day. */
export function formatTime(rfc3339: string, nowMs: number): string {
  const time = new Date(rfc3339);
  if (Number.isNaN(time.getTime())) return '';
  const now = new Date(nowMs);
  if (time.toDateString() === now.toDateString()) return timeOnly.format(time);
  return time.getFullYear() === now.getFullYear() ? dayAndTime.format(time) : dateOnly.format(time);
}
