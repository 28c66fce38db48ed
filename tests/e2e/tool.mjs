// Runs the command-line tool as the people of a stack.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { binaries } from './processes.mjs';
import { ADMIN, passwordOf } from './stack.mjs';
import { within } from './waiting.mjs';

const RUN_TIMEOUT_MS = 120_000;

export class Tool {
  constructor(stack) {
    this.stack = stack;
  }

  /** Runs it as the person who is signed in as `name`. Returns the exit code and what it printed. */
  async run(name, args, { input = '' } = {}) {
    // setpriv ends it with this process, even if this process is killed.
    const child = spawn('setpriv', ['--pdeathsig', 'KILL', join(binaries, 'ledgercast'), ...args], {
      env: { PATH: process.env.PATH, TZ: 'UTC', XDG_CONFIG_HOME: join(this.stack.folder, name) },
      cwd: this.stack.folder,
    });
    const printed = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text) => (printed.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text) => (printed.stderr += text));
    child.stdin.on('error', () => {}).end(input);
    const [code] = await within(`ledgercast ${args.join(' ')}`, once(child, 'close'), RUN_TIMEOUT_MS);
    return { code, ...printed };
  }

  async expect(code, name, args, options) {
    const result = await this.run(name, args, options);
    assert.equal(result.code, code, `ledgercast ${args.join(' ')}\n${result.stdout}\n${result.stderr}`);
    return result;
  }

  async logIn(name, { service = this.stack.service } = {}) {
    const password = name === ADMIN.username ? ADMIN.password : passwordOf(name);
    await this.expect(0, name, ['login', '--service', service.address, '--username', name], { input: `${password}\n` });
  }
}
