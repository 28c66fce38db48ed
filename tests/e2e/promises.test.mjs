// Tests that this version keeps what the last release promised (docs/compatibility.md): messages, frames, flags,
// metrics. If a promise is broken on purpose, that page says when it may be. record_promises.mjs records anew.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findFrameBreaks, findGone, findMetricBreaks, findWireBreaks, listAnswers, listFlags, listFrames, listMetrics, readRecorded } from './promises.mjs';
import { repository } from './processes.mjs';
import { Stack } from './stack.mjs';

let stack;
before(async () => {
  stack = await Stack.startWithAccounts(['ann', 'bob']);
});
after(() => stack?.stop());

test('programs that know the released messages still understand all of them, as Protobuf and as JSON', async () => {
  assert.deepEqual(await findWireBreaks(), []);
});

const WIRE_CHANGES = [
  ['another number', 'string id = 2;', 'string id = 77;', /field "2"/],
  ['another name, which JSON shows', 'string from_account = 3;', 'string payer = 3;', /json_name/],
  ['another type', 'int64 amount = 5;', 'string amount = 5;', /changed type/],
];

for (const [what, from, to, expected] of WIRE_CHANGES) {
  test(`a field with ${what} is found`, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ledgercast-wire-'));
    try {
      cpSync(join(repository, 'proto'), folder, { recursive: true });
      const path = join(folder, 'ledgercast/v1/transaction.proto');
      const text = readFileSync(path, 'utf8');
      assert.ok(text.includes(from), `${from} is not there`);
      writeFileSync(path, text.replace(from, to));
      assert.match((await findWireBreaks(folder)).join('\n'), expected);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}

for (const program of ['ledgercast', 'ledgercast-edge', 'ledgercast-transaction-service']) {
  test(`${program} has all released commands, flags and variables`, async () => {
    const released = readRecorded('flags.txt').filter((line) => line.split(' ')[0] === program);
    assert.ok(released.length > 20);
    assert.deepEqual(findGone(released, await listFlags(program)), []);
  });
}

for (const program of ['service', 'edge']) {
  test(`the ${program} has all released metrics, with their types and labels`, async () => {
    assert.deepEqual(findMetricBreaks(readRecorded(`${program}_metrics.txt`), await listMetrics(stack[program])), []);
  });
}

test('the socket’s frames have all released fields, and the edge demands no more than before', () => {
  assert.deepEqual(findFrameBreaks(readRecorded('frames.txt'), listFrames()), []);
});

test('all released reasons of errors, close codes and routes are there', () => {
  const released = readRecorded('answers.txt');
  for (const kind of ['reason', 'close', 'route']) assert.ok(released.filter((line) => line.startsWith(`${kind} `)).length > 5, kind);
  assert.deepEqual(findGone(released, listAnswers()), []);
});

test('the edge answers on every released route', async () => {
  const routes = readRecorded('answers.txt').filter((line) => line.startsWith('route ')).map((line) => line.split(' '));
  for (const [, method, path] of routes) {
    const { status } = await fetch(`${stack.edge.url}${path === '/' ? path : path.replace(/\/$/, '/x')}`, { method });
    const expected = path === '/' ? 200 : path === '/v1/token' ? 400 : 401;
    assert.equal(status, expected, `${method} ${path}`);
  }
});

test('a metric that is gone, has another type or lacks a label is found; another label is not', () => {
  const released = ['a_total counter reason'];
  assert.deepEqual(findMetricBreaks(released, ['a_total counter reason,route', 'b gauge -']), []);
  for (const line of ['b_total counter reason', 'a_total gauge reason', 'a_total counter -']) {
    assert.deepEqual(findMetricBreaks(released, [line]), released);
  }
});

test('a frame that breaks clients is found; one that only adds is not', () => {
  const released = ['say watch object always', 'say watch.data.after string sometimes', 'tell pong object always', 'tell pong.data any sometimes'];
  const replaced = (from, to) => released.map((line) => (line === from ? to : line));
  const adds = ['say hold object always', 'say hold.id string always', 'say watch.data.hold object sometimes', 'say watch.data.hold.id string always', 'tell pong.time string always'];
  assert.deepEqual(findFrameBreaks(released, [...released, ...adds]), []);
  assert.deepEqual(findFrameBreaks(released, replaced('tell pong.data any sometimes', 'tell pong.data any always')), []);
  for (const [from, to] of [
    ['tell pong object always', 'tell pong object sometimes'],
    ['tell pong.data any sometimes', 'tell pong.data string sometimes'],
    ['say watch.data.after string sometimes', 'say watch.data.after string always'],
    ['say watch.data.after string sometimes', 'say watch.data.from string sometimes'],
  ]) assert.deepEqual(findFrameBreaks(released, replaced(from, to)), [from]);
  assert.deepEqual(findFrameBreaks(released, [...released, 'say watch.data object sometimes', 'say watch.token string always']), ['say watch.token string always']);
});
