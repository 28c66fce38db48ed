import { describe, expect, it } from 'vitest';
import { ProtocolError, parseFrame, parseTransaction } from '../src/protocol';

const frame = (state: string, data: unknown, id?: string) => parseFrame(JSON.stringify({ state, data, id }));

describe('canonical protobuf JSON', () => {
  it('leaves default values out', () => {
    expect(frame('watching', {}, 'w')).toEqual({ state: 'watching', id: 'w', after: '', head: '', balances: new Map() });
    expect(frame('transactions', { cursor: 'a.b.1' })).toMatchObject({ transactions: [], after: '', live: false });
    expect(frame('authenticated', { subject: 'user1', expiresAt: '2030-01-01T00:00:00Z' })).toMatchObject({ admin: false });
  });

  it('has 64-bit integers as strings, kept exactly', () => {
    const row = parseTransaction({ sequence: '9007199254740993', amount: '9223372036854775807', fromBalance: '-1' });
    expect(row).toMatchObject({ sequence: 9007199254740993n, amount: 9223372036854775807n, fromBalance: -1n });
    expect(row).not.toHaveProperty('toBalance');
  });

  it('tells a balance of zero from one that may not be seen', () => {
    expect(parseTransaction({ sequence: '1', toBalance: '0' })).toHaveProperty('toBalance', 0n);
  });

  it('has times with nanoseconds', () => {
    const parsed = frame('authenticated', { subject: 'user1', expiresAt: '2030-01-01T00:00:00.123456789Z' });
    expect(parsed).toMatchObject({ expiresAtMs: Date.UTC(2030, 0, 1, 0, 0, 0, 123) });
  });
});

describe('parseFrame', () => {
  it('reads errors in place of data', () => {
    expect(parseFrame('{"state":"watch","id":"w","error":{"code":"UNAVAILABLE","metadata":{"a":"b"}}}')).toEqual({
      state: 'error',
      id: 'w',
      error: { code: 'UNAVAILABLE', reason: '', message: '', metadata: { a: 'b' } },
    });
  });

  it('lets states it does not know pass', () => {
    expect(frame('pong', undefined)).toEqual({ state: 'other' });
  });

  it.each(['', 'nonsense', '[]', 'null', '{"state":"progress","data":3}', '{"state":"transactions","data":{"transactions":{}}}'])(
    'refuses %j',
    (text) => {
      expect(() => parseFrame(text)).toThrow(ProtocolError);
    },
  );

  it.each(['1.5', '1e3', '', 'x', 1.5, null])('refuses %j as an amount', (amount) => {
    expect(() => frame('transactions', { transactions: [{ sequence: '1', amount: amount ?? {} }] })).toThrow(ProtocolError);
  });
});
