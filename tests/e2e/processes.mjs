// Runs the real processes of a test: PostgreSQL and the programs. They end with the test in any case.

import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { waitUntil, within } from './waiting.mjs';

export const repository = fileURLToPath(new URL('../..', import.meta.url));
export const binaries = process.env.LEDGERCAST_BIN ?? join(repository, 'build/release/bin');

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 20_000;
const LOG_LINES_SHOWN = 30;
// The unit in which Linux counts CPU time in /proc.
const CLOCK_TICKS_A_SECOND = 100;

const postgresScript = join(repository, 'services/dev/postgres.sh');

const run = promisify(execFile);

const running = new Set();
process.on('exit', endAll);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));

/** Ends all processes at once, if there is no time or reason to stop them properly. */
export function endAll() {
  for (const each of running) each.end();
  running.clear();
}

// Each process has ten ports, below the range of outgoing connections, so that tests which run in parallel choose
// different ones.
let nextPort = 20_000 + ((process.pid * 10) % 10_000);

export async function freePort() {
  for (;;) {
    const server = createServer().listen(nextPort++, '127.0.0.1');
    const isFree = await Promise.race([once(server, 'listening').then(() => true), once(server, 'error').then(() => false)]);
    if (!isFree) continue;
    const { port } = server.address();
    server.close();
    await once(server, 'close');
    return port;
  }
}

/** Runs a program of this project to its end and returns what it printed. */
export async function runProgram(name, args) {
  const { stdout } = await run(join(binaries, name), args);
  return stdout;
}

export class Postgres {
  constructor(folder) {
    this.folder = folder;
  }

  async start() {
    running.add(this);
    const { stdout } = await run(postgresScript, ['start', this.folder]);
    this.conninfo = stdout.trim();
  }

  /** Returns the folder of its Unix socket. */
  get socketFolder() {
    return /host='([^']+)'/.exec(this.conninfo)[1];
  }

  /** Makes it anew as a standby of `primary`, which must be running. */
  async startAsStandbyOf(primary) {
    running.add(this);
    const { stdout } = await run(postgresScript, ['standby', this.folder, primary.folder]);
    this.conninfo = stdout.trim();
  }

  async promote() {
    await run(postgresScript, ['promote', this.folder]);
  }

  /** Sends SIGSTOP to all of its processes. */
  async pause() {
    await run(postgresScript, ['pause', this.folder]);
  }

  /** Sends SIGKILL to all of its processes. */
  async kill() {
    await run(postgresScript, ['kill', this.folder]);
  }

  async stop() {
    await run(postgresScript, ['stop', this.folder]);
    running.delete(this);
  }

  end() {
    execFileSync(postgresScript, ['kill', this.folder], { stdio: 'ignore' });
  }

  /** Returns the rows of the answer, each a list of texts. */
  async query(sql) {
    const { stdout } = await run('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', '-F', '\x1f', '-R', '\x1e', this.conninfo, '-c', sql], {
      maxBuffer: 1 << 30,
    });
    const text = stdout.replace(/\n$/, '');
    return text === '' ? [] : text.split('\x1e').map((row) => row.split('\x1f'));
  }

  /** Opens a session that stays open. `run` resolves when the statement has been carried out. */
  openSession() {
    const child = spawn('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', this.conninfo], { stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(child, 'exit');
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
    let count = 0;
    return {
      async run(sql) {
        const mark = `done ${++count}`;
        child.stdin.write(`${sql};\n\\echo ${mark}\n`);
        await waitUntil(`psql to carry out ${sql}`, () => printed.includes(mark), STOP_TIMEOUT_MS);
      },
      /** May be called again after it was closed. */
      async close() {
        child.stdin.end();
        await ended;
      },
    };
  }
}

export class Program {
  /** Makes a program. `name` is one of the build's programs or a path. `adminPort` answers /readyz; `env` is added to the environment. */
  constructor({ name, args, adminPort, folder, env = {}, label = name }) {
    this.name = name;
    this.env = env;
    this.args = args;
    this.adminPort = adminPort;
    this.label = label;
    this.logFile = join(folder, `${label}.log`);
  }

  start() {
    const log = openSync(this.logFile, 'a');
    // setpriv ends it with this process, even if this process is killed.
    this.child = spawn('setpriv', ['--pdeathsig', 'KILL', resolve(binaries, this.name), ...this.args], {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...this.env },
    });
    closeSync(log);
    this.ended = once(this.child, 'exit');
    running.add(this);
  }

  get pid() {
    return this.child.pid;
  }

  #hasEnded() {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Returns what /readyz says, or '' if there is no answer. */
  async readiness() {
    try {
      const response = await fetch(`http://127.0.0.1:${this.adminPort}/readyz`, { signal: AbortSignal.timeout(2000) });
      return { ok: response.ok, text: await response.text() };
    } catch {
      return { ok: false, text: '' };
    }
  }

  async isReady() {
    return (await this.readiness()).ok;
  }

  async waitUntilReady() {
    await waitUntil(
      `${this.label} to be ready`,
      () => {
        if (this.#hasEnded()) throw new Error(`${this.label} ended instead of getting ready:\n${this.lastLog()}`);
        return this.isReady();
      },
      READY_TIMEOUT_MS,
    );
  }

  /** Suspends the program. It keeps its connections, and their locks in the database. */
  pause() {
    this.#refuseIfEnded();
    this.child.kill('SIGSTOP');
  }

  resume() {
    this.child.kill('SIGCONT');
  }

  async kill() {
    this.#refuseIfEnded();
    this.child.kill('SIGKILL');
    await this.ended;
    running.delete(this);
  }

  /** Stops it as an operator would. An exit code other than 0 is a defect, for example one that a sanitizer found. */
  async stop() {
    this.#refuseIfEnded();
    this.child.kill('SIGTERM');
    const [code, signal] = await within(`${this.label} to stop`, this.ended, STOP_TIMEOUT_MS);
    running.delete(this);
    if (code !== 0) throw new Error(`${this.label} ended with ${signal ?? code}:\n${this.lastLog()}`);
  }

  end() {
    this.child.kill('SIGKILL');
  }

  #refuseIfEnded() {
    if (this.#hasEnded()) {
      throw new Error(`${this.label} ended by itself (${this.child.signalCode ?? this.child.exitCode}):\n${this.lastLog()}`);
    }
  }

  /** The end of the log; from the report on if a sanitizer has ended the program. */
  lastLog() {
    const lines = readFileSync(this.logFile, 'utf8').split('\n');
    const report = lines.findLastIndex((line) => line.includes('ERROR: AddressSanitizer'));
    return lines.slice(report < 0 ? -LOG_LINES_SHOWN : report).join('\n');
  }

  logBytes() {
    return statSync(this.logFile).size;
  }

  openFiles() {
    return readdirSync(`/proc/${this.pid}/fd`).length;
  }

  /** Returns the CPU time of all its threads, in user mode and in the kernel. */
  cpuSeconds() {
    // The name, in brackets, may contain any character.
    const fields = readFileSync(`/proc/${this.pid}/stat`, 'utf8').replace(/^.*\) /s, '').split(' ');
    return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_A_SECOND;
  }

  rssBytes() {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)[1]) * 1024;
  }
}
