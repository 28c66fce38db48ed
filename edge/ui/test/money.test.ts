import { describe, expect, it } from 'vitest';
import { formatAmount, formatMoney, formatShort, formatSigned, learnDigits, parseAmount } from '../src/model/money';
import { seededRandom } from '../../client/test/seededRandom';

describe('formatAmount', () => {
  it.each([
    [0n, 'PTS', '0'],
    [999n, 'PTS', '999'],
    [1000n, 'PTS', '1,000'],
    [9223372036854775807n, 'PTS', '9,223,372,036,854,775,807'],
    [-1234567n, 'PTS', '−1,234,567'],
    [0n, 'EUR', '0.00'],
    [5n, 'EUR', '0.05'],
    [-5n, 'EUR', '−0.05'],
    [123456789n, 'USD', '1,234,567.89'],
    [100n, 'WHATEVER', '100'],
  ])('%s of %s is %s', (amount, currency, text) => {
    expect(formatAmount(amount, currency)).toBe(text);
  });

  it('shows a sign where money moves', () => {
    expect(formatSigned(5n, 'PTS')).toBe('+5');
    expect(formatSigned(-5n, 'PTS')).toBe('−5');
  });
});

describe('learnDigits', () => {
  it('takes the digits of a currency from its accounts', () => {
    learnDigits('JOD', 3);
    learnDigits('JOD', undefined);
    expect(formatMoney(1234567n, 'JOD')).toBe('1,234.567 JOD');
    expect(formatShort(1234567, 'JOD')).toBe('1.2K');
    expect(parseAmount('0.0001', 'JOD')).toHaveProperty('problem');
  });
});

describe('parseAmount', () => {
  it.each([
    ['5', 'PTS', 5n],
    [' 0012 ', 'PTS', 12n],
    ['5', 'EUR', 500n],
    ['5.1', 'EUR', 510n],
    ['0.01', 'USD', 1n],
    ['9007199254740991', 'PTS', 9007199254740991n],
  ])('reads %s of %s', (text, currency, amount) => {
    expect(parseAmount(text, currency)).toEqual({ amount });
  });

  it.each([
    ['', 'PTS'],
    ['0', 'PTS'],
    ['0.00', 'EUR'],
    ['-1', 'PTS'],
    ['+1', 'PTS'],
    ['1,000', 'PTS'],
    ['1e3', 'PTS'],
    ['0x10', 'PTS'],
    ['1.5', 'PTS'],
    ['1.005', 'EUR'],
    ['.5', 'EUR'],
    ['9007199254740992', 'PTS'],
    ['9223372036854775808', 'PTS'],
  ])('refuses %j of %s', (text, currency) => {
    expect(parseAmount(text, currency)).toHaveProperty('problem');
  });

  it('reads back what is shown', () => {
    const random = seededRandom(7);
    for (let round = 0; round < 500; round += 1) {
      const amount = BigInt(Math.floor(random() * 2 ** 50)) + 1n;
      for (const currency of ['PTS', 'EUR']) {
        const shown = formatAmount(amount, currency).replaceAll(',', '');
        expect(parseAmount(shown, currency)).toEqual({ amount });
      }
    }
  });
});
