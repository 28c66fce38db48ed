// Tests files that are loaded again: by mistake, on purpose, and where files of somebody else are in the way.

import assert from 'node:assert/strict';
import { copyFileSync, existsSync, linkSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Stack } from './stack.mjs';
import { Tool } from './tool.mjs';

const ROWS = 'from_account,to_account,amount\nann,bob,5\nann,bob,6\n';

let stack;
let tool;

before(async () => {
  stack = await Stack.startWithoutEdge(['ann', 'bob']);
  tool = new Tool(stack);
  await tool.logIn('admin');
});
after(() => stack?.stop());

const path = (name) => join(stack.folder, name);
const load = (code, file, ...more) => tool.expect(code, 'admin', ['load', path(file), '--json', ...more]);
const count = async () => Number((await stack.postgres.query('SELECT count(*) FROM transactions'))[0][0]);

test('last month’s payroll, copied, is not taken for this month’s', async () => {
  writeFileSync(path('june.csv'), ROWS);
  await load(0, 'june.csv');
  const before = await count();
  copyFileSync(path('june.csv'), path('july.csv'));
  const { stderr, stdout } = await load(4, 'july.csv');
  assert.match(stderr, /nothing was posted: all 2 rows were posted before, by another load of the same content/);
  assert.match(stderr, /give --run NAME/);
  assert.deepEqual([JSON.parse(stdout).posted, JSON.parse(stdout).replayed], ['0', '2']);
  assert.equal(await count(), before);
});

test('under a name of its own the same content is posted once more, once', async () => {
  const before = await count();
  copyFileSync(path('june.csv'), path('august.csv'));
  await load(0, 'august.csv', '--run', 'august');
  assert.equal(await count(), before + 2);
  // Loading that file again continues the load, and has nothing to do.
  await load(0, 'august.csv', '--run', 'august');
  // Another file under that name counts as the same load.
  copyFileSync(path('june.csv'), path('september.csv'));
  assert.match((await load(4, 'september.csv', '--run', 'august')).stderr, /with --run august.*with another name/);
  assert.equal(await count(), before + 2);
});

test('the same file again is no other load', async () => {
  const { stderr } = await load(0, 'june.csv');
  assert.equal(stderr, '');
});

test('rejected rows go over nobody’s file', async () => {
  const before = await count();
  writeFileSync(path('input.csv'), 'from_account,to_account,amount\nann,bob,999999\nann,bob,7\n');
  writeFileSync(path('notes.txt'), 'what I must not lose\n');
  linkSync(path('input.csv'), path('link.csv'));
  for (const [file, why] of [['input.csv', /it is .*input\.csv, which is needed/], ['link.csv', /which is needed/], ['notes.txt', /was not written by a load/]]) {
    const content = readFileSync(path(file), 'utf8');
    assert.match((await load(2, 'input.csv', '--rejected-file', path(file))).stderr, why);
    assert.equal(readFileSync(path(file), 'utf8'), content);
  }
  assert.equal(await count(), before);
  assert.equal(existsSync(path('input.csv.ledgercast-state')), false);
  await load(4, 'input.csv', '--rejected-file', path('refused.csv'));
  assert.match(readFileSync(path('refused.csv'), 'utf8'), /^row,reason,.*\n1,INSUFFICIENT_FUNDS,/);
  // It continues with a file of rejected rows that it wrote itself.
  await load(4, 'input.csv', '--rejected-file', path('refused.csv'));
  assert.match(readFileSync(path('refused.csv'), 'utf8'), /\n1,INSUFFICIENT_FUNDS,/);
});
