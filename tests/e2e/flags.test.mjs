// Tests that --help and the README name every flag.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { binaries, repository } from './processes.mjs';

const run = promisify(execFile);
const PROGRAMS = ['ledgercast-transaction-service', 'ledgercast-edge'];

const flagsIn = (text) => [...text.matchAll(/--[a-z][a-z-]*[a-z]/g)].map(([flag]) => flag);

/** Returns the flags in the first column of the program's table in the README. */
function flagsOfReadme(program) {
  const lines = readFileSync(join(repository, 'README.md'), 'utf8').split('\n');
  const start = lines.findIndex((line) => line.startsWith(`| \`${program}\` | default |`));
  assert.ok(start >= 0, `the README has no table of ${program}`);
  const rows = lines.slice(start + 2);
  const end = rows.findIndex((line) => !line.startsWith('|'));
  return rows.slice(0, end).flatMap((row) => flagsIn(row.split('|')[1]));
}

for (const program of PROGRAMS) {
  test(`--help of ${program} names each flag's environment variable and default`, async () => {
    const { stdout } = await run(join(binaries, program), ['--help']);
    // --healthcheck and --version are modes and no settings.
    const options = stdout.split('\n').filter((line) => /^ +--/.test(line) && !/^ +--(healthcheck|version) /.test(line));
    assert.ok(options.length > 10, stdout);
    for (const line of options) {
      const [flag] = flagsIn(line);
      const variable = `LEDGERCAST_${flag.slice(2).toUpperCase().replaceAll('-', '_')}`;
      assert.ok(line.includes(`(Env:${variable})`), line);
    }
  });

  test(`the README has the flags of ${program}, all of them and no others`, async () => {
    const { stdout } = await run(join(binaries, program), ['--help']);
    const flags = stdout.split('\n').filter((line) => /^ +--/.test(line)).map((line) => flagsIn(line)[0]);
    assert.deepEqual(flagsOfReadme(program).sort(), flags.sort());
  });

  test(`${program} tells its version, the project's`, async () => {
    const version = readFileSync(join(repository, 'VERSION'), 'utf8').trim();
    const { stdout } = await run(join(binaries, program), ['--version']);
    assert.equal(stdout, `${program} ${version}\n`);
  });

  test(`${program} takes numbers that are decimal and exact only`, async () => {
    const flag = program === 'ledgercast-edge' ? '--max-sockets' : '--max-queued-transactions';
    for (const number of ['0x10', '1e3', '99999999999999999999']) {
      await assert.rejects(run(join(binaries, program), [flag, number]), { code: 2, stderr: new RegExp(`${flag}.*${number}`) });
      const env = { ...process.env, [`LEDGERCAST_${flag.slice(2).toUpperCase().replaceAll('-', '_')}`]: number };
      await assert.rejects(run(join(binaries, program), [], { env }), { code: 2, stderr: new RegExp(number) });
    }
  });

  test(`${program} explains a mistake and exits with 2`, async () => {
    await assert.rejects(run(join(binaries, program), ['--no-such-flag']), { code: 2, stderr: /--no-such-flag/ });
  });
}
