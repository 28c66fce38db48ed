// Tests the parts of run.sh and test.sh that need no build: the line of progress, npm where there is
// none, and the list of the slowest tests.

import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

const DEV = new URL('../../services/dev', import.meta.url).pathname;
let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledgercast-dev-'));
});
after(() => rmSync(folder, { recursive: true }));

/** Runs a script with the functions of services/dev, and returns its exit status and output. */
function bash(script, env = {}) {
  return new Promise((resolve) => {
    const text = `set -euo pipefail\nsource ${DEV}/say.sh\nsource ${DEV}/npm.sh\nsource ${DEV}/progress.sh\n${script}`;
    execFile('bash', ['-c', text], { cwd: folder, env: { ...process.env, ...env } }, (error, stdout, stderr) => resolve({ status: error?.code ?? 0, stdout, stderr }));
  });
}

/** Writes a build of `steps` steps of about a tenth of a second each, of which the last fails if `fails`. */
function writeBuild(steps, fails) {
  const command = (i) => (fails && i === steps - 1 ? 'echo "a.cc:1: error: no such thing" && false' : 'sleep 0.1 && touch $out');
  const edges = Array.from({ length: steps }, (_, i) => `rule r${i}\n  command = ${command(i)} # -c source\n  description = Building CXX object $out\nbuild o${i}: r${i}\n`);
  writeFileSync(join(folder, 'build.ninja'), `${edges.join('')}build all: phony ${edges.map((_, i) => `o${i}`).join(' ')}\n`);
}

test('a build shows how much is done and how much time is left', async () => {
  writeBuild(40, false);
  const { status, stderr } = await bash('build_with_progress . all');
  assert.equal(status, 0, stderr);
  const percents = [...stderr.matchAll(/(\d+) % of the build is done, about \d+ (?:s|min) left/g)].map(([, percent]) => Number(percent));
  assert.ok(percents.length >= 3 && percents.length <= 10, stderr);
  assert.deepEqual(percents, [...percents].sort((a, b) => a - b));
});

test('a build that fails says what the compiler said, and not its command', async () => {
  writeBuild(3, true);
  const { status, stderr } = await bash('rm -f o*; build_with_progress . all || exit 7');
  assert.equal(status, 7);
  assert.match(stderr, /a\.cc:1: error: no such thing/);
  assert.match(stderr, /The whole output is in \.\/build\.log/);
});

test('what comes as npm and is another file is refused', async () => {
  const server = createServer((_, response) => response.end('not npm')).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  // Nothing else of this PATH is needed than what the function calls.
  const hidden = 'command() { [[ $2 != npm ]] && builtin command "$@"; }';
  const { status, stderr } = await bash(`${hidden}\nprovide_npm`, { npm_config_registry: `http://127.0.0.1:${server.address().port}/` });
  server.close();
  assert.equal(status, 1);
  assert.match(stderr, /is not the file that this version of Ledgercast knows/);
});

test('the slowest tests are listed before the closing lines of ctest', () => {
  const lines = Array.from({ length: 12 }, (_, i) => `${i + 1}/12 Test #${i + 1}: T.t${i} .......   Passed    ${i}.50 sec`);
  const closing = '\n100% tests passed, 0 tests failed out of 12\n\nTotal Test time (real) =  78.00 sec\n';
  const { stdout } = spawnSync('awk', ['-f', join(DEV, 'slowest.awk')], { input: `${lines.join('\n')}\n${closing}`, encoding: 'utf8' });
  assert.match(stdout, /The slowest tests:\n +11\.5 s {2}T\.t11\n +10\.5 s {2}T\.t10\n/);
  assert.equal([...stdout.matchAll(/ s {2}T\.t/g)].length, 10);
  assert.ok(stdout.endsWith(closing.trimStart()), stdout);
});
