// A machine that boots systemd: a folder with Debian, started by systemd-nspawn with a network of
// its own that leads nowhere. Needs root.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { waitUntil } from '../e2e/waiting.mjs';

const BOOT_MS_MAX = 120_000;
const COMMAND_MS_MAX = 300_000;
export class Machine {
  #nspawn;
  #leader;

  /** @param {string} root folder with Debian */
  constructor(root) {
    this.root = root;
  }

  /** Starts systemd and waits until all units that start at boot have started or failed. */
  async boot() {
    const flags = ['--quiet', '--boot', '--private-network', '--register=no', '--keep-unit', '--console=passive', `--directory=${this.root}`];
    this.#nspawn = spawn('systemd-nspawn', flags, { stdio: ['ignore', 'ignore', 'inherit'] });
    this.#leader = await waitUntil('the first process of the machine', () => this.#findLeader(), BOOT_MS_MAX);
    await waitUntil('the end of booting', async () => /running|degraded/.test((await this.run('systemctl is-system-running || true')).stdout), BOOT_MS_MAX);
  }

  #findLeader() {
    assert.equal(this.#nspawn.exitCode, null, 'systemd-nspawn ended before the machine had started');
    const children = readFileSync(`/proc/${this.#nspawn.pid}/task/${this.#nspawn.pid}/children`, 'utf8').trim().split(' ');
    // systemd-nspawn prepares the machine before it becomes systemd.
    return children.find((pid) => pid !== '' && /systemd/.test(readFileSync(`/proc/${pid}/comm`, 'utf8')) && isInit(pid));
  }

  /** Runs a shell command in the machine as root. Returns its output and exit status, and never throws. */
  run(command, { input = '' } = {}) {
    return new Promise((resolve) => {
      const enter = ['--target', this.#leader, '--all', '--', 'env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'LC_ALL=C.UTF-8', 'bash', '-c', command];
      const child = execFile('nsenter', enter, { timeout: COMMAND_MS_MAX, maxBuffer: 64 << 20 }, (error, stdout, stderr) => {
        resolve({ status: error ? (error.code ?? -1) : 0, stdout, stderr });
      });
      child.stdin.end(input);
    });
  }

  /** Runs a command that must succeed. Returns what it printed to standard output. */
  async must(command, options) {
    const { status, stdout, stderr } = await this.run(command, options);
    assert.equal(status, 0, `${command}\n${stdout}${stderr}`);
    return stdout.trim();
  }

  /** Stops the machine as its power button would. */
  async stop() {
    if (!this.#nspawn || this.#nspawn.exitCode !== null) return;
    const ended = once(this.#nspawn, 'exit');
    await this.run('systemctl poweroff');
    await ended;
  }

  /** Ends the machine at once, whatever runs in it. */
  async kill() {
    if (!this.#nspawn || this.#nspawn.exitCode !== null) return;
    const ended = once(this.#nspawn, 'exit');
    process.kill(Number(this.#leader ?? this.#nspawn.pid), 'SIGKILL');
    await ended;
  }
}

/** Returns whether the process is the first one of its own PID namespace. */
function isInit(pid) {
  return /^NSpid:.*\t1$/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}
