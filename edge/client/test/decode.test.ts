import { describe, expect, it } from 'vitest';
import { ProtocolError, parseJson, toJson } from '../src/decode.js';
import { parseFrame } from '../src/frames.js';
import { decodeTransaction } from '../src/generated/messages.js';
import { sequenceOf } from '../src/position.js';

const json = (value: unknown): string => JSON.stringify(value);

describe('canonical JSON', () => {
  it('becomes plain data, 64-bit integers without loss', () => {
    const transaction = decodeTransaction({ sequence: '9007199254740993', amount: 5, fromBalance: '-3', metadata: { ä: 'ö' } });
    expect(transaction).toMatchObject({ sequence: 9007199254740993n, amount: 5n, fromBalance: -3n, metadata: { ä: 'ö' } });
  });

  it('has its defaults where fields are left out, and none where that means something', () => {
    const transaction = decodeTransaction({ sequence: null });
    expect(transaction).toEqual({
      sequence: 0n,
      id: '',
      fromAccount: '',
      toAccount: '',
      amount: 0n,
      currency: '',
      description: '',
      metadata: {},
      createTime: '',
      reverses: '',
    });
    expect('toBalance' in transaction).toBe(false);
  });

  it('goes out as it comes in', () => {
    expect(toJson({ amount: 2n ** 60n, text: 'x' })).toBe('{"amount":"1152921504606846976","text":"x"}');
  });

  it.each([{ amount: 1.5 }, { amount: 'x' }, { amount: '1e3' }, { id: 5 }, { metadata: [] }, { metadata: { a: 1 } }, [], 'x'])(
    'refuses %j',
    (value) => {
      expect(() => decodeTransaction(value)).toThrow(ProtocolError);
    },
  );

  it('keeps names that objects have of themselves as mere names', () => {
    const { metadata } = decodeTransaction(parseJson('{"metadata":{"__proto__":"x","constructor":"y"}}'));
    expect(Object.entries(metadata)).toEqual([['__proto__', 'x'], ['constructor', 'y']]);
  });
});

describe('frames', () => {
  it('of states that are not known yet are passed over', () => {
    expect(parseFrame(json({ state: 'weather', data: [1] }))).toMatchObject({ state: 'other' });
  });

  it.each(['', '[', '[]', 'null5', '{"state":5}', '{"state":"transactions","data":{"transactions":{}}}', '{"error":"x"}'])('refuses %j', (source) => {
    expect(() => parseFrame(source)).toThrow(ProtocolError);
  });
});

it('a cursor is opaque but for the place at its end', () => {
  expect(sequenceOf('')).toBe(0n);
  expect(sequenceOf('a.b.9007199254740993')).toBe(9007199254740993n);
  expect(() => sequenceOf('a.b.c')).toThrow(ProtocolError);
});
