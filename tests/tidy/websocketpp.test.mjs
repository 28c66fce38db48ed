// The copies of WebSocket++'s headers: edge/websocketpp_copy.cmake makes them, or the configuration fails.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const HEADER = 'http/constants.hpp';
const MODULE = fileURLToPath(new URL('../../edge/websocketpp_copy.cmake', import.meta.url));

let folder;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'ledgercast-websocketpp-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Copies a header that holds `text`, with `replacements`, and returns the copy's path. */
async function copy(text, ...replacements) {
  const original = join(folder, 'include/websocketpp', HEADER);
  mkdirSync(join(original, '..'), { recursive: true });
  writeFileSync(original, text);
  const script = join(folder, 'copy.cmake');
  const words = [join(folder, 'copies'), HEADER, ...replacements].map((word) => `"${word}"`).join(' ');
  writeFileSync(script, `include("${MODULE}")\nwebsocketpp_copy(${words})\n`);
  await promisify(execFile)(process.env.CMAKE ?? 'cmake', [`-DWEBSOCKETPP_INCLUDE=${folder}/include`, '-P', script]);
  return join(folder, 'copies/websocketpp', HEADER);
}

test('a copy is the header with each text replaced wherever it stands', async () => {
  const path = await copy('basic<c>(a); size = 16;\n~basic<c>() {}\n', 'basic<c>(', 'basic(', 'size = 16', 'size = 32');
  assert.equal(readFileSync(path, 'utf8'), 'basic(a); size = 32;\n~basic() {}\n');
});

test('a header without one of the texts fails the configuration, which names both', async () => {
  await assert.rejects(copy('size = 16;\nlimit = 9;\n', 'size = 16', 'size = 32', 'limit = 8', 'limit = 9'), ({ code, stderr }) => {
    assert.equal(code, 1);
    assert.match(stderr.replace(/\s+/g, ' '), /http\/constants\.hpp does not hold "limit = 8"\. .* another version of WebSocket\+\+/);
    return true;
  });
  assert.equal(existsSync(join(folder, 'copies')), false);
});

test('a copy that is as it should be is not written again', async () => {
  const path = await copy('size = 16;\n', 'size = 16', 'size = 32');
  const before = new Date('2020-01-01');
  utimesSync(path, before, before);
  await copy('size = 16;\n', 'size = 16', 'size = 32');
  assert.equal(statSync(path).mtimeMs, before.getTime());
});
