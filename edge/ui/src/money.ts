// Amounts are whole numbers of minor units. They never pass through a `number`.

/** Digits after the point. What is not listed (points of any kind) has none. */
const SCALES: Readonly<Record<string, number>> = { USD: 2, EUR: 2, GBP: 2, CHF: 2, CAD: 2, AUD: 2 };

const AMOUNT_MAX = 2n ** 63n - 1n;
const MINUS = '\u2212';

export type ParsedAmount = { readonly amount: bigint } | { readonly problem: string };

export function scaleOf(currency: string): number {
  return SCALES[currency] ?? 0;
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
  if (match === null) return { problem: 'Enter the amount as a plain number, without separators or signs.' };
  const [, whole = '', fraction = ''] = match;
  if (fraction.length > scale) {
    const allowed = scale === 0 ? 'whole numbers only' : `at most ${scale} decimals`;
    return { problem: currency === '' ? 'Enter a whole number.' : `${currency} has ${allowed}.` };
  }
  const amount = BigInt(whole + fraction.padEnd(scale, '0'));
  if (amount <= 0n) return { problem: 'Enter an amount above zero.' };
  if (amount > AMOUNT_MAX) return { problem: 'That amount is too large.' };
  return { amount };
}
