// The rules for migrations: one that was released never changes, and a new one lets the released version run.

import { createHash } from 'node:crypto';

const NAME = /^V(\d{3})__[a-z0-9_]+\.sql$/;
const OLDEST_PROGRAM = /^-- Oldest program: (\d+)$/m;

const versionOf = (name) => Number(NAME.exec(name)?.[1]);

/** Returns the checksums in a file of sha256sum, by name. */
export function parseChecksums(text) {
  return new Map(text.trimEnd().split('\n').map((line) => {
    const [, checksum, name] = /^([0-9a-f]{64}) {2}(\S+)$/.exec(line) ?? [];
    if (name === undefined) throw new Error(`no line of sha256sum: ${line}`);
    return [name, checksum];
  }));
}

/** Returns what is wrong with the migrations, which are texts by name. `released` has the checksums by name. */
export function findMigrationFaults(migrations, released) {
  const faults = [];
  for (const [name, checksum] of released) {
    const text = migrations.get(name);
    if (text === undefined) faults.push(`${name} was released and is gone: restore it`);
    else if (createHash('sha256').update(text).digest('hex') !== checksum) {
      faults.push(`${name} was released and has changed: restore it, and add a new migration instead`);
    }
  }
  const newest = Math.max(...[...released.keys()].map(versionOf));
  [...migrations.keys()].sort().forEach((name, index) => {
    if (versionOf(name) !== index + 1) faults.push(`${name} is not number ${index + 1}: versions have no gap and are not used twice`);
    if (released.has(name)) return;
    // The program assumes the version before the migration if the head names none.
    const oldest = Number(OLDEST_PROGRAM.exec(headOf(migrations.get(name)))?.[1] ?? versionOf(name) - 1);
    if (oldest > newest) faults.push(`${name} locks out the released version, which knows version ${newest}: it needs the line "-- Oldest program: ${newest}", and must keep what that program needs`);
  });
  return faults;
}

// The comment lines at the start.
const headOf = (text) => /^(--.*\n)*/.exec(text)[0];
