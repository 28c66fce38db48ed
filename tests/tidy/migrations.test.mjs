// Checks the migrations against migrations.mjs, and migrations.mjs against migrations that break each rule.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { findMigrationFaults, parseChecksums } from './migrations.mjs';

const folder = new URL('../../services/transaction/postgres/migrations/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.sql'));
const migrations = new Map(names.map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]));
const released = parseChecksums(readFileSync(new URL('checksums', folder), 'utf8'));

const LAST = [...released.keys()].at(-1);
const numbered = (version, name) => `V${String(version).padStart(3, '0')}__${name}.sql`;
const next = names.length + 1;

/** Returns what is found when the migrations are changed. */
function findWith(changes) {
  const changed = new Map([...migrations, ...Object.entries(changes)]);
  return findMigrationFaults(new Map([...changed].filter(([, text]) => text !== undefined)), released).join('\n');
}

test('no migration that was released has changed, and new ones let the released version run', () => {
  assert.ok(released.size >= 7);
  assert.deepEqual(findMigrationFaults(migrations, released), []);
});

test('a released migration that has changed is found, even if only a comment has', () => {
  assert.match(findWith({ [LAST]: `${migrations.get(LAST)}-- More.\n` }), new RegExp(`^${LAST} was released and has changed: restore it, and add a new migration instead$`));
});

test('a released migration that is gone, or has another name, is found', () => {
  assert.match(findWith({ [LAST]: undefined }), new RegExp(`^${LAST} was released and is gone`));
});

test('two migrations of one version are found, and so is a gap', () => {
  assert.match(findWith({ [numbered(next - 1, 'zz_again')]: 'SELECT 1;\n' }), /zz_again.sql is not number/);
  assert.match(findWith({ [numbered(next + 1, 'later')]: '-- Oldest program: 1\nSELECT 1;\n' }), /later.sql is not number/);
});

test('a second new migration must say that the released version can live with it', () => {
  const known = Number(LAST.slice(1, 4));
  // Enough of them to be more than one ahead of the release.
  const first = numbered(next, 'first');
  const second = numbered(next + 1, 'second');
  const tolerant = `-- Adds a thing.\n-- Oldest program: ${known}\nSELECT 1;\n`;
  assert.equal(findWith({ [first]: tolerant, [second]: tolerant }), '');
  assert.match(findWith({ [first]: tolerant, [second]: 'SELECT 1;\n' }), new RegExp(`^${second} locks out the released version, which knows version ${known}`));
  assert.match(findWith({ [first]: tolerant, [second]: `SELECT 1;\n-- Oldest program: ${known}\n` }), /locks out/);
});

test('a list of checksums that sha256sum does not read is refused', () => {
  assert.throws(() => parseChecksums('abc  V001__ledger.sql\n'), /no line of sha256sum/);
});
