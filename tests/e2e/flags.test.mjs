// Tests that --help and docs/configuration.md name every flag.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { commandsFrom, flagsOf, helpOf, PROGRAMS } from '../../docs/help.mjs';
import { fillIn, PAGE } from '../../docs/make_configuration.mjs';
import { binaries, repository } from './processes.mjs';

const run = promisify(execFile);
const SERVICES = ['ledgercast-transaction-service', 'ledgercast-edge'];

const flagsIn = (text) => [...text.matchAll(/--[a-z][a-z-]*[a-z]/g)].map(([flag]) => flag);

test('docs/configuration.md says what --help says', () => {
  const page = readFileSync(PAGE, 'utf8');
  assert.equal(page, fillIn(page), 'run docs/make_configuration.mjs, which writes docs/configuration.md anew');
});

test('docs/configuration.md has every flag of every command', () => {
  const page = readFileSync(PAGE, 'utf8');
  for (const command of PROGRAMS.flatMap((program) => commandsFrom([program]))) {
    for (const name of flagsOf(helpOf(command)).flatMap(({ names }) => names)) {
      // `--version` of the tool belongs to no command; the page says in its rules that every program has it.
      assert.ok(page.includes(`\`${name}\``), `${command.join(' ')} ${name}`);
    }
  }
});

test('help is read in both forms in which CLI11 prints it', () => {
  const text = ['Does it', 'Usage: it [OPTIONS]', '', 'Options:', '  -h,--help                   Print this help message and exit'];
  const wide = ' '.repeat(30);
  const older = [...text, '  --port INT:INT in [1 - 9]=7 (Env:IT_PORT)', `${wide}port`, '  --key TEXT ... REQUIRED      keys'];
  const newer = [...text, '  --port INT:INT in [1 - 9] [7]  (Env:IT_PORT)', `${wide}port`, '  --key TEXT ... REQUIRED      keys'];
  const flags = [
    { names: ['--port'], variable: 'IT_PORT', isRequired: false, value: '7', text: 'port; 1 to 9' },
    { names: ['--key'], variable: undefined, isRequired: true, value: undefined, text: 'keys; may be given several times' },
  ];
  assert.deepEqual(flagsOf(older.join('\n')), flags);
  assert.deepEqual(flagsOf(newer.join('\n')), flags);
});

for (const program of SERVICES) {
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
