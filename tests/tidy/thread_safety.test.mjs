// Holds the annotations of locks (ABSL_GUARDED_BY and its kind) against all sources of the programs.
// Only clang reads them, and g++ builds the programs, so clang looks at what the preset `release` compiles.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const COMMANDS = join(root, 'build/release/compile_commands.json');
// What g++ alone understands, or what makes files.
const WITH_VALUE = new Set(['-include', '-MT', '-MF', '-o']);
const DROPPED = /^(-c|-MD|-W.*|-O.*|-g.*)$/;
// Less than this would mean that the list of sources was not understood.
const SOURCES_MIN = 20;

function argumentsOf(command) {
  const words = command.split(' ').filter((word) => word !== '');
  const kept = [];
  for (let index = words.findIndex((word) => /\/(c|g|clang)\+\+[^/]*$/.test(word)) + 1; index < words.length; index += 1) {
    if (WITH_VALUE.has(words[index])) index += 1;
    else if (!DROPPED.test(words[index])) kept.push(words[index]);
  }
  return ['-fsyntax-only', '-Wno-everything', '-Wthread-safety', '-Werror', ...kept];
}

/** Returns what clang says against it; '' for nothing. */
function look(words, directory) {
  return new Promise((resolve) => {
    execFile('clang++', words, { cwd: directory, maxBuffer: 1 << 26 }, (error, stdout, stderr) => resolve(error ? stderr || String(error) : ''));
  });
}

const commands = JSON.parse(readFileSync(COMMANDS, 'utf8')).filter(
  ({ file }) => /\/(services|edge)\//.test(file.slice(root.length)) && !file.includes('/tests/') && !file.includes('cmake_pch'),
);

test('every lock that an annotation asks for is held', async () => {
  assert.ok(commands.length >= SOURCES_MIN, `only ${commands.length} sources`);
  const queue = [...commands];
  const found = [];
  const work = async () => {
    for (let next = queue.pop(); next; next = queue.pop()) found.push(await look(argumentsOf(next.command), next.directory));
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  assert.deepEqual(found.filter((text) => text !== ''), []);
});

test('a lock that is not held is found', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledgercast-locks-'));
  try {
    const source = join(folder, 'mutant.cc');
    writeFileSync(source, ['#include "edge/delivery/call_off.h"', '#include "absl/synchronization/mutex.h"', 'absl::Mutex mu;', 'int count ABSL_GUARDED_BY(mu) = 0;', 'int Count() { return count; }'].join('\n'));
    const { command, directory, file } = commands.find(({ command: text }) => text.includes(' -I'));
    const words = argumentsOf(command).map((word) => (word === file ? source : word));
    assert.match(await look(words, directory), /reading variable 'count' requires holding mutex 'mu'/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
