// Tests ./run.sh as its users see it.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { get, post } from './http.mjs';
import { LedgerClient } from './ledger.mjs';
import { binaries, freePort, repository } from './processes.mjs';
import { waitUntil, within } from './waiting.mjs';

const UP_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 40_000;
const MOVE_TIMEOUT_MS = 20_000;

let state;
let ports;

before(async () => {
  state = mkdtempSync(join(tmpdir(), 'ledgercast-run-'));
  ports = { grpc: await freePort(), http: await freePort() };
});
after(() => rmSync(state, { recursive: true }));

class Run {
  constructor(...args) {
    this.child = spawn(join(repository, 'run.sh'), args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LEDGERCAST_STATE_DIR: state, LEDGERCAST_BIN: binaries },
    });
    this.stdout = '';
    this.stderr = '';
    this.child.stdout.setEncoding('utf8').on('data', (text) => (this.stdout += text));
    this.child.stderr.setEncoding('utf8').on('data', (text) => (this.stderr += text));
    this.ended = once(this.child, 'close');
    this.edge = { url: `http://127.0.0.1:${ports.http}` };
  }

  static onFreePorts(...args) {
    return new Run('--grpc-port', String(ports.grpc), '--http-port', String(ports.http), ...args);
  }

  async untilUp() {
    await waitUntil(
      'run.sh to have everything up',
      () => {
        assert.equal(this.child.exitCode, null, `run.sh ended:\n${this.stderr}`);
        return this.stdout.includes('Ctrl-C stops');
      },
      UP_TIMEOUT_MS,
    );
    return this;
  }

  /** Returns its exit code. */
  async end() {
    const [code] = await within('run.sh to end', this.ended, STOP_TIMEOUT_MS);
    return code;
  }

  async interrupt() {
    this.child.kill('SIGINT');
    return this.end();
  }
}

/** Returns the processes that use this state folder. */
function processesLeft() {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(state);
      } catch {
        return false; // it ended meanwhile
      }
    });
}

const accounts = () => JSON.parse(readFileSync(join(state, 'demo-accounts.json'), 'utf8'));
const passwordOf = (name) => accounts().find(({ username }) => username === name).password;

async function signIn(edge, username) {
  const { status, body } = await post(edge, '/v1/token', { username, password: passwordOf(username) });
  assert.equal(status, 200, JSON.stringify(body));
  return body.accessToken;
}

async function balanceOf(name, token) {
  const client = new LedgerClient(`127.0.0.1:${ports.grpc}`);
  const { balance } = await client.call('getAccount', { name }, { token });
  client.close();
  return Number(balance);
}

test('--help explains, an unknown option too, with exit code 2', async () => {
  const help = new Run('--help');
  assert.equal(await help.end(), 0);
  assert.match(help.stdout, /usage: .*--http-port/s);
  const unknown = new Run('--htp-port', '1');
  assert.equal(await unknown.end(), 2);
  assert.match(unknown.stderr, /--htp-port.*usage:/s);
  const wrong = new Run('--http-port', 'http');
  assert.equal(await wrong.end(), 2);
});

test('a port that is taken is named, with the flag that changes it', async () => {
  const server = createServer().listen(ports.http, '127.0.0.1');
  await once(server, 'listening');
  const run = Run.onFreePorts();
  assert.equal(await run.end(), 1);
  assert.match(run.stderr, new RegExp(`Port ${ports.http} is taken.*--http-port \\d+`, 's'));
  server.close();
  await once(server, 'close');
  assert.ok(!existsSync(join(state, 'postgres')));
});

test('it brings everything up on the chosen ports and prints how to use it', async () => {
  const run = await Run.onFreePorts().untilUp();
  assert.equal(statSync(join(state, 'demo-accounts.json')).mode & 0o777, 0o600);
  assert.deepEqual(accounts().map(({ username }) => username), ['admin', 'user1', 'user2', 'user3']);
  assert.ok(run.stdout.includes(`http://localhost:${ports.http}`));
  for (const { username, password } of accounts()) assert.match(run.stdout, new RegExp(`${username} +${password}`));
  for (const word of ['list', 'IssueToken', 'CreateTransaction', 'WatchTransactions']) {
    assert.match(run.stdout, new RegExp(`grpcurl[^]*localhost:${ports.grpc}[^]*${word}`));
  }
  assert.equal((await get(run.edge, '/')).status, 200);
  const token = await signIn(run.edge, 'user1');
  assert.equal(await balanceOf('user1', token), 1000);
  const { status } = await post(run.edge, '/v1/transactions', { fromAccount: 'user1', toAccount: 'user2', amount: '7' }, { token });
  assert.equal(status, 201);

  const second = Run.onFreePorts();
  assert.equal(await second.end(), 1);
  assert.match(second.stderr, new RegExp(`already runs.*${run.child.pid}`, 's'));

  await run.interrupt();
  assert.deepEqual(processesLeft(), []);
});

test('it keeps accounts, passwords and data over a restart, and --demo makes the page move', async () => {
  const before = readFileSync(join(state, 'demo-accounts.json'), 'utf8');
  const run = await Run.onFreePorts('--demo').untilUp();
  assert.equal(readFileSync(join(state, 'demo-accounts.json'), 'utf8'), before);
  const token = await signIn(run.edge, 'admin');
  const client = new LedgerClient(`127.0.0.1:${ports.grpc}`);
  const sevenBefore = await client.call('listTransactions', { fromAccount: 'user1', pageSize: 1 }, { token });
  assert.equal(sevenBefore.transactions[0].amount, '7');
  await waitUntil(
    'demo transfers',
    async () => {
      const { transactions } = await client.call('listTransactions', { orderBy: 'sequence desc', pageSize: 1 }, { token });
      return Number(transactions[0].sequence) >= 4 + 5;
    },
    MOVE_TIMEOUT_MS,
  );
  client.close();
  run.child.kill('SIGTERM');
  await run.end();
  assert.deepEqual(processesLeft(), []);
});

/** Returns the answer of the state folder's PostgreSQL to its superuser, even while nothing else runs. */
function query(sql) {
  const script = join(repository, 'services/dev/postgres.sh');
  const folder = join(state, 'postgres');
  const wasRunning = processesLeft().length > 0;
  const conninfo = execFileSync(script, ['start', folder], { encoding: 'utf8' }).trim();
  try {
    return execFileSync('psql', ['-XAtq', '-v', 'ON_ERROR_STOP=1', conninfo, '-c', sql], { encoding: 'utf8' }).trim();
  } finally {
    if (!wasRunning) execFileSync(script, ['stop', folder]);
  }
}

test('the data of a version that had one role, a superuser, is taken over with all that it holds', async () => {
  const owners = "SELECT DISTINCT relowner::regrole FROM pg_class WHERE relnamespace = 'public'::regnamespace";
  const ledger = "SELECT string_agg(t::text, ';' ORDER BY sequence) FROM transactions AS t";
  const before = query(ledger);
  assert.equal(query(owners), 'ledgercast_owner');
  query('REASSIGN OWNED BY ledgercast_owner TO ledgercast; DROP OWNED BY ledgercast_owner, ledgercast_service; DROP ROLE ledgercast_owner, ledgercast_service');
  assert.equal(query(owners), 'ledgercast');

  const run = await Run.onFreePorts().untilUp();
  assert.equal(query(owners), 'ledgercast_owner');
  assert.equal(query(ledger), before);
  const clients = "SELECT DISTINCT usename, usesuper FROM pg_stat_activity JOIN pg_user USING (usename) WHERE application_name = 'ledgercast'";
  assert.equal(query(clients), 'ledgercast_service|f');
  const token = await signIn(run.edge, 'user1');
  const { status } = await post(run.edge, '/v1/transactions', { fromAccount: 'user1', toAccount: 'user2', amount: '1' }, { token });
  assert.equal(status, 201);
  await run.interrupt();
  assert.deepEqual(processesLeft(), []);
});

test('a program that dies ends all of it, with its name and its last words', async () => {
  const run = await Run.onFreePorts().untilUp();
  const edge = processesLeft().find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('ledgercast-edge'));
  process.kill(Number(edge), 'SIGKILL');
  assert.equal(await run.end(), 1);
  assert.match(run.stderr, /The edge has ended.*edge\.log/s);
  assert.deepEqual(processesLeft(), []);
});

test('after a crash of run.sh itself the next one starts', async () => {
  const first = await Run.onFreePorts().untilUp();
  first.child.kill('SIGKILL');
  await first.end();
  const isOurs = (pid) => /ledgercast-(edge|transaction)/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  await waitUntil('the programs to end with it', () => !processesLeft().some(isOurs), STOP_TIMEOUT_MS);
  const second = await Run.onFreePorts().untilUp();
  assert.equal(await balanceOf('user1', await signIn(second.edge, 'user1')), await balanceOf('user1', await signIn(second.edge, 'admin')));
  await second.interrupt();
  assert.deepEqual(processesLeft(), []);
});
