// Amounts are whole numbers of minor units. They never pass through a `number`.

import { t } from '../messages';

/** Digits after the point, until an account has told. What is not listed (points of any kind) has none. */
const SCALES = new Map(Object.entries({ USD: 2, EUR: 2, GBP: 2, CHF: 2, CAD: 2, AUD: 2 }));

/** The largest amount of one transfer. A balance may be more. */
const AMOUNT_MAX = 2n ** 53n - 1n;
const MINUS = '\u2212';

export type ParsedAmount = { readonly amount: bigint } | { readonly problem: string };

export function scaleOf(currency: string): number {
  return SCALES.get(currency) ?? 0;
}

/** As the accounts of a currency say. */
export function learnDigits(currency: string, minorUnitDigits: number | undefined): void {
  if (minorUnitDigits !== undefined) SCALES.set(currency, minorUnitDigits);
}

/** 1234567 of USD is "12,345.67". */
export function formatAmount(amount: bigint, currency: string): string {
  const scale = scaleOf(currency);
  const digits = (amount < 0n ? -amount : amount).toString().padStart(scale + 1, '0');
  const whole = digits.slice(0, digits.length - scale).replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = scale > 0 ? `.${digits.slice(-scale)}` : '';
  return `${amount < 0n ? MINUS : ''}${whole}${fraction}`;
}

export function formatSigned(amount: bigint, currency: string): string {
  return amount > 0n ? `+${formatAmount(amount, currency)}` : formatAmount(amount, currency);
}

export function parseAmount(text: string, currency: string): ParsedAmount {
  const scale = scaleOf(currency);
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text.trim());
  if (match === null) return { problem: t.form.plainNumber };
  const [, whole = '', fraction = ''] = match;
  if (fraction.length > scale) {
    return { problem: t.form.decimals(currency, scale) };
  }
  const amount = BigInt(whole + fraction.padEnd(scale, '0'));
  if (amount <= 0n) return { problem: t.form.aboveZero };
  if (amount > AMOUNT_MAX) return { problem: t.form.tooLarge };
  return { amount };
}

/** How many of something. */
export function formatCount(count: bigint | number): string {
  return formatAmount(BigInt(count), '');
}

/** With the currency, where it is known. */
export function formatMoney(amount: bigint, currency: string): string {
  return currency === '' ? formatAmount(amount, '') : `${formatAmount(amount, currency)} ${currency}`;
}

/** For axes and charts, where an amount became a number: "1.2M". */
export function formatShort(amount: number, currency: string): string {
  return short.format(amount / 10 ** scaleOf(currency));
}

const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
