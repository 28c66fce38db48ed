// Random numbers that a seed repeats (mulberry32). The seed is LEDGERCAST_SEED, or new.

export const seed = Number(process.env.LEDGERCAST_SEED ?? Math.floor(Math.random() * 2 ** 31));

let state = seed;

/** A whole number from 0 to below `bound`. */
export function random(bound) {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return (((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound | 0;
}

export const pick = (list) => list[random(list.length)];

/** Returns the items of `list` in a random order. */
export function shuffle(list) {
  const left = [...list];
  return list.map(() => left.splice(random(left.length), 1)[0]);
}
