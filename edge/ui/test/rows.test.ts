import { describe, expect, it } from 'vitest';
import { FilteredRows, NO_FILTER, predicateOf } from '../src/model/filter';
import type { Filter } from '../src/model/filter';
import { RowLog, RowMaker } from '../src/model/rows';
import { seededRandom } from '../../client/test/seededRandom';
import { transaction } from './fakes';

const maker = new RowMaker();
const row = (sequence: number, change = {}) => maker.make(transaction(sequence, change));

describe('RowLog', () => {
  it('keeps the newest rows, at the positions that they had', () => {
    const log = new RowLog(3);
    for (let sequence = 1; sequence <= 5; sequence += 1) log.push(row(sequence));
    expect([log.start, log.end, log.size, log.isFull]).toEqual([2, 5, 3, true]);
    expect([1, 2, 3, 4, 5].map((position) => log.at(position)?.sequence)).toEqual([undefined, 3n, 4n, 5n, undefined]);
    expect([log.oldest?.sequence, log.newest?.sequence]).toEqual([3n, 5n]);
  });

  it('takes older rows in front until it is full', () => {
    const log = new RowLog(3);
    log.push(row(10));
    expect(log.prepend(row(9))).toBe(true);
    expect(log.prepend(row(8))).toBe(true);
    expect(log.prepend(row(7))).toBe(false);
    expect([log.start, log.oldest?.sequence]).toEqual([-2, 8n]);
    log.push(row(11));
    expect([log.oldest?.sequence, log.at(1)?.sequence]).toEqual([9n, 11n]);
  });
});

describe('predicateOf', () => {
  const matches = (filter: Partial<Filter>, change = {}) => {
    const predicate = predicateOf({ ...NO_FILTER, ...filter });
    return predicate === null || predicate(row(42, change));
  };

  it.each([
    [{}, true],
    [{ text: ' ' }, true],
    [{ account: 'ser2' }, true],
    [{ account: 'USER1' }, true],
    [{ account: 'user3' }, false],
    [{ text: 'lunch' }, true],
    [{ text: '#42' }, true],
    [{ text: '4' }, false],
    [{ text: 'id-4' }, true],
    [{ amount: '5' }, true],
    [{ amount: '5.5' }, false],
    [{ amount: '6' }, false],
    [{ amount: 'x' }, true],
    [{ text: 'lunch', account: 'user3' }, false],
  ])('%j: %s', (filter, expected) => {
    expect(matches(filter, { description: 'Lunch', amount: 5n })).toBe(expected);
  });

  it('reads an amount in the units of each row', () => {
    expect(matches({ amount: '5' }, { amount: 499n, currency: 'EUR' })).toBe(false);
    expect(matches({ amount: '4.99' }, { amount: 499n, currency: 'EUR' })).toBe(true);
  });
});

describe('FilteredRows', () => {
  it('shows what a search of the whole log would, whatever comes and goes', () => {
    const random = seededRandom(11);
    const log = new RowLog(200);
    const filtered = new FilteredRows(log);
    const filter = { ...NO_FILTER, account: 'user3' };
    let isFiltering = false;
    for (let step = 0; step < 5000; step += 1) {
      if (random() < 0.002) {
        isFiltering = !isFiltering;
        filtered.setFilter(isFiltering ? filter : NO_FILTER);
      }
      log.push(row(step, { toAccount: random() < 0.3 ? 'user3' : 'user2' }));
      filtered.pushed();
      if (step % 50 !== 0) continue;
      const end = log.end - Math.floor(random() * 150);
      const expected: number[] = [];
      for (let position = end - 1; position >= log.start; position -= 1) {
        if (!isFiltering || log.at(position)!.toAccount === 'user3') expected.push(position);
      }
      const count = filtered.countBefore(end);
      expect(Array.from({ length: count }, (_, index) => filtered.positionAt(index, end))).toEqual(expected);
    }
  });
});
