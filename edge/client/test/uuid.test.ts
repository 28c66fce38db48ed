import { expect, it } from 'vitest';
import { uuidV7 } from '../src/index.js';
import { seededRandom } from './seededRandom.js';

// The bytes are passed in, because Node 18 lacks the browsers' global `crypto`.
const random = seededRandom(1);
const randomBytes = (length: number) => Uint8Array.from({ length }, () => Math.floor(random() * 256));

it('is a version 7 UUID', () => {
  const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(uuidV7(Date.now(), randomBytes)).toMatch(pattern);
});

it('lays out time and chance as RFC 9562 does in its example', () => {
  const bytes = Uint8Array.from([0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f]);
  expect(uuidV7(0x017f22e279b0, () => bytes)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
});

it('differs within one millisecond', () => {
  expect(new Set(Array.from({ length: 1000 }, () => uuidV7(0, randomBytes))).size).toBe(1000);
});
