// Tests that event streams are read as the HTML standard defines it (9.2.6), wherever the network cuts them.

import { describe, expect, it } from 'vitest';
import { EventParser } from '../src/eventParser.js';
import type { ServerEvent } from '../src/eventParser.js';
import { Bench } from './bench.js';

const encoder = new TextEncoder();

function read(chunks: readonly Uint8Array[]): { readonly events: readonly ServerEvent[]; readonly retryMs: number } {
  const parser = new EventParser();
  const events = chunks.flatMap((chunk) => [...parser.push(chunk)]);
  return { events, retryMs: parser.retryMs };
}

const eventsOf = (text: string): readonly ServerEvent[] => read([encoder.encode(text)]).events;
const dataOf = (text: string): readonly string[] => eventsOf(text).map(({ data }) => data);

describe('a line', () => {
  it.each(['\n', '\r', '\r\n'])('ends with %j', (end) => {
    expect(eventsOf(['event: a', 'data: 1', '', 'data: 2', '', ''].join(end))).toEqual([
      { type: 'a', data: '1', lastEventId: '' },
      { type: 'message', data: '2', lastEventId: '' },
    ]);
  });

  it('ends with any of them in one stream', () => {
    expect(dataOf('data: 1\rdata: 2\r\ndata: 3\n\r\ndata: 4\r\rdata: 5\n\n')).toEqual(['1\n2\n3', '4', '5']);
  });

  it('that ends with CR has ended, before it is known whether LF follows', () => {
    const parser = new EventParser();
    expect([...parser.push(encoder.encode('data: 1\r\n\r'))]).toHaveLength(1);
    expect([...parser.push(encoder.encode('\ndata: 2\n\n'))]).toEqual([{ type: 'message', data: '2', lastEventId: '' }]);
  });

  it('is a comment where it begins with a colon', () => {
    expect(dataOf(': data: no\n:\ndata: 1\n:data: no\n\n:\n\n')).toEqual(['1']);
  });

  it('without a colon is a field without a value', () => {
    expect(dataOf('data\n\ndata\ndata\n\n')).toEqual(['', '\n']);
    expect(eventsOf('event: a\nevent\ndata: 1\n\n')).toMatchObject([{ type: 'message' }]);
  });

  it('loses one space after the colon, and no other', () => {
    expect(dataOf('data:1\n\ndata: 2\n\ndata:  3 \n\ndata:\t4\n\ndata: a: b\n\n')).toEqual(['1', '2', ' 3 ', '\t4', 'a: b']);
  });

  it('of an unknown field says nothing, nor does one with another case or with spaces', () => {
    expect(dataOf('Data: no\n data: no\ndata : no\nmore: no\ndata: 1\n\n')).toEqual(['1']);
  });
});

describe('an event', () => {
  it('without data is none, and leaves no name to the next', () => {
    expect(eventsOf('event: a\n\ndata: 1\n\n')).toEqual([{ type: 'message', data: '1', lastEventId: '' }]);
  });

  it('that the stream ends in is dropped', () => {
    expect(dataOf('data: 1\n\ndata: 2\n')).toEqual(['1']);
    expect(dataOf('data: 1\n\ndata: 2')).toEqual(['1']);
  });

  it('keeps the id of the one before, until another is said', () => {
    const ids = eventsOf('id: 1\ndata\n\ndata\n\nid: 2\n\ndata\n\nid: no\0\ndata\n\nid\ndata\n\n').map(({ lastEventId }) => lastEventId);
    expect(ids).toEqual(['1', '1', '2', '2', '']);
  });
});

it('loses the byte order mark at the very beginning, and only that', () => {
  expect(dataOf('\uFEFFdata: 1\n\n')).toEqual(['1']);
  expect(dataOf('\uFEFF\uFEFFdata: 1\n\ndata: \uFEFF2\n\n')).toEqual(['\uFEFF2']);
});

it.each([
  ['3000', 3000],
  ['0', 0],
  ['', 0],
  ['-1', 0],
  ['1.5', 0],
  ['1e3', 0],
  [' 1', 0],
  ['٣', 0],
  ['9'.repeat(400), 600_000],
])('takes retry %j as %i ms: digits only, and a bounded wait', (value, retryMs) => {
  expect(read([encoder.encode(`retry: ${value}\n`)]).retryMs).toBe(retryMs);
});

describe('a stream with everything in it', () => {
  const bytes = encoder.encode('\uFEFFid: 7\r\nevent: ä\rdata: {"€":\r\ndata:"🧾"}\n\r\n:\u2028\rretry: 20\r\rid:x\0\ndata\n\nid\r\ndata: z\r\r\ndata: lost\n');
  const expected = {
    events: [
      { type: 'ä', data: '{"€":\n"🧾"}', lastEventId: '7' },
      { type: 'message', data: '', lastEventId: '7' },
      { type: 'message', data: 'z', lastEventId: '' },
    ],
    retryMs: 20,
  };

  it('is read as one piece, and byte by byte', () => {
    expect(read([bytes])).toEqual(expected);
    expect(read(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(expected);
  });

  it('is the same however it is cut in two or three', () => {
    const wanted = JSON.stringify(expected);
    const other: string[] = [];
    for (let first = 0; first <= bytes.length; first += 1) {
      for (let second = first; second <= bytes.length; second += 1) {
        const cut = read([bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)]);
        if (JSON.stringify(cut) !== wanted) other.push(`${first}, ${second}`);
      }
    }
    expect(other).toEqual([]);
  });
});

describe('memory', () => {
  const LIMIT_CHARACTERS = 1_000;
  const chunk = 'x'.repeat(100);

  /** Returns how many chunks of `line` the parser takes before it refuses more. */
  function taken(start: string, line: string): number {
    const parser = new EventParser(LIMIT_CHARACTERS);
    [...parser.push(encoder.encode(start))];
    for (let count = 0; count < 1_000; count += 1) {
      try {
        [...parser.push(encoder.encode(line))];
      } catch (error) {
        expect(String(error)).toContain(`more than ${LIMIT_CHARACTERS} characters`);
        return count;
      }
    }
    return Infinity;
  }

  it.each([
    ['a line without an end', 'data: ', chunk],
    ['a comment without an end', ':', chunk],
    ['an event without an end', '', `data: ${chunk}\n`],
    ['an event of empty lines without an end', '', 'data\n'.repeat(100)],
  ])('is bounded for %s', (_what, start, line) => {
    expect(taken(start, line)).toBeLessThan(11);
  });

  it('is not used up by events that end, nor by fields and comments beside them', () => {
    expect(taken('', `event: ${chunk}\ndata: ${chunk}\n: ${chunk}\nid: ${chunk}\n\n`)).toBe(Infinity);
  });

  it('that would not be bounded ends the stream, and the client comes back', async () => {
    const bench = new Bench({ transports: ['sse'] });
    const endless = (): Response => {
      const body = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(encoder.encode('x'.repeat(1_000_000))) });
      return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
    };
    bench.edge.http.answers.push(endless);
    bench.edge.post(2);
    await bench.follow();
    for (let turn = 0; turn < 1_000 && bench.state !== 'waiting'; turn += 1) await bench.settle();
    expect(bench.client.status).toMatchObject({ state: 'waiting', error: { message: expect.stringContaining('more than 16000000 characters') } });
    await bench.advance(1_000);
    expect(bench.sequences).toEqual([1, 2]);
  });
});

describe('the client', () => {
  const answer = (text: string) => (): Response => new Response(text, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });

  it('follows a stream whose lines a proxy ends with CRLF', async () => {
    const bench = new Bench({ transports: ['sse'] });
    bench.edge.post(2);
    const { log } = bench.edge;
    const frames = [
      ['watching', { after: log.cursor(0), head: log.cursor(2), balances: {} }],
      ['transactions', log.page(0)],
    ] as const;
    const lines = frames.flatMap(([state, data]) => [`event: ${state}`, ...JSON.stringify(data, null, 1).split('\n').map((line) => `data: ${line}`), '']);
    bench.edge.http.answers.push(answer([...lines, ''].join('\r\n')));
    await bench.follow();
    expect(bench.sequences).toEqual([1, 2]);
  });

  it('comes back no sooner than the stream says', async () => {
    const bench = new Bench({ transports: ['sse'] });
    bench.edge.http.answers.push(answer('retry: 3000\n\n'));
    await bench.follow();
    expect(bench.client.status.retryAtMs).toBe(bench.edge.clock.now() + 3_000);
  });
});
