// Runs the shell commands of a page of the documentation exactly as they are printed there. A comment before each
// block names the test that runs it, and the block:
//
//   <!-- tests/e2e/restore.test.mjs: base backup -->

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { binaries, repository } from './processes.mjs';
import { within } from './waiting.mjs';

const RUN_TIMEOUT_MS = 60_000;
// Stops at the first failure, and at a variable that is not set.
const STRICT = 'set -euo pipefail\n';

const run = promisify(execFile);

export class DocumentedCommands {
  #blocks = new Map();
  #unused = new Set();

  /** Reads `page`, a path below the repository. `test` is the path of the test that its comments name. */
  constructor(page, test) {
    this.page = page;
    const text = readFileSync(join(repository, page), 'utf8');
    for (const [, name, commands] of text.matchAll(new RegExp(`<!-- ${test}: ([a-z ]+) -->\n\n\`\`\`sh\n(.*?)\n\`\`\`\n`, 'gs'))) {
      assert.ok(!this.#blocks.has(name), `${page} has two blocks '${name}'`);
      this.#blocks.set(name, commands);
      this.#unused.add(name);
    }
    assert.equal(text.split('```').length - 1, 2 * this.#blocks.size, `${page} has a block of code that is not marked`);
  }

  /** Runs one block with `env` and returns what it printed. With `user`, runs it as that user. */
  async run(name, env, { user } = {}) {
    const commands = this.#blocks.get(name);
    assert.ok(commands !== undefined, `${this.page} has no block '${name}'`);
    this.#unused.delete(name);
    const shell = ['bash', '-c', STRICT + commands];
    const [file, ...args] = user === undefined ? shell : ['setpriv', `--reuid=${user}`, `--regid=${user}`, '--init-groups', ...shell];
    const all = { ...process.env, PATH: `${binaries}:${process.env.PATH}`, ...env };
    const { stdout } = await within(`the commands of '${name}' (${basename(this.page)})`, run(file, args, { env: all, cwd: '/' }), RUN_TIMEOUT_MS);
    return stdout;
  }

  /** Returns the names of the blocks that were not run. */
  unused() {
    return [...this.#unused];
  }
}
