// Formats times in the reader's own time zone.

const HOURS = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
const timeOnly = new Intl.DateTimeFormat(undefined, { ...HOURS, second: '2-digit' });
const dayAndTime = new Intl.DateTimeFormat(undefined, { day: '2-digit', month: 'short', ...HOURS });
const dateOnly = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeStyle: 'medium' });

/** Formats a time: today with seconds, this year with minutes, and before that only the day. */
export function formatTime(timeMs: number, nowMs: number): string {
  if (Number.isNaN(timeMs)) return '';
  const time = new Date(timeMs);
  const now = new Date(nowMs);
  if (time.toDateString() === now.toDateString()) return timeOnly.format(time);
  return time.getFullYear() === now.getFullYear() ? dayAndTime.format(time) : dateOnly.format(time);
}

/** Formats a time in full. */
export function formatMoment(timeMs: number): string {
  return Number.isNaN(timeMs) ? '' : whole.format(timeMs);
}
