// Tests the command-line tool against the real stack: what it prints, what it survives, and what it finds.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Authority } from './certificates.mjs';
import { checkHistory, readHistory } from './history.mjs';
import { binaries } from './processes.mjs';
import { ADMIN, passwordOf, Stack } from './stack.mjs';
import { waitUntil, within } from './waiting.mjs';

const WAIT_TIMEOUT_MS = 30_000;
const RUN_TIMEOUT_MS = 120_000;
const LOADED_ROWS = 20_000;
const REFUSED_ROWS = [7, 12_345, 19_999];

let stack;

before(async () => {
  stack = await Stack.startWithoutEdge(['ann', 'bob', 'cid', 'dan'], { points: 100_000 });
  writeFileSync(join(stack.folder, 'ann.password'), passwordOf('ann'));
  await logIn('admin');
  await logIn('ann');
});
after(() => stack?.stop());

/** Runs the tool as the person who is signed in as `name`. */
class Run {
  constructor(name, args, { input, configHome = name } = {}) {
    this.stdout = '';
    this.stderr = '';
    // setpriv ends it with this process, even if this process is killed.
    this.child = spawn('setpriv', ['--pdeathsig', 'KILL', join(binaries, 'ledgercast'), ...args], {
      env: { PATH: process.env.PATH, TZ: 'UTC', XDG_CONFIG_HOME: join(stack.folder, configHome) },
    });
    this.child.stdout.setEncoding('utf8').on('data', (text) => (this.stdout += text));
    this.child.stderr.setEncoding('utf8').on('data', (text) => (this.stderr += text));
    this.child.stdin.on('error', () => {}).end(input ?? '');
    this.closed = once(this.child, 'close');
  }

  /** Returns its exit code, or the signal that ended it. */
  async end() {
    const [code, signal] = await within('the tool to end', this.closed, RUN_TIMEOUT_MS);
    return code ?? signal;
  }

  get rows() {
    return this.stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
  }

  waitForRow(id) {
    return waitUntil(`the watch to print ${id}\n${this.stderr}`, () => this.stdout.includes(id), WAIT_TIMEOUT_MS);
  }
}

/** Returns the output of a run that succeeded. */
async function run(name, args, options) {
  const { stdout } = await runExpecting(0, name, args, options);
  return stdout;
}

async function runExpecting(code, name, args, options) {
  const tool = new Run(name, args, options);
  assert.equal(await tool.end(), code, `ledgercast ${args.join(' ')}\n${tool.stdout}\n${tool.stderr}`);
  return tool;
}

async function logIn(name, { service = stack.service, configHome = name } = {}) {
  const password = name === ADMIN.username ? ADMIN.password : passwordOf(name);
  return run(name, ['login', '--service', service.address, '--username', name], { input: `${password}\n`, configHome });
}

const jsonOf = (text) => JSON.parse(text);
const credentialsOf = (configHome) => join(stack.folder, configHome, 'ledgercast/credentials.json');

async function post(from, to, amount = 1) {
  return jsonOf(await run('admin', ['post', '--from', from, '--to', to, '--amount', String(amount), '--json']));
}

async function restartService() {
  await stack.service.stop();
  stack.service.start();
  await stack.service.waitUntilReady();
}

describe('sign-in', () => {
  test('login keeps tokens for their owner only, and every command uses them', async () => {
    assert.equal(statSync(credentialsOf('ann')).mode & 0o777, 0o600);
    assert.equal(statSync(join(stack.folder, 'ann/ledgercast')).mode & 0o777, 0o700);
    const [account, ...others] = (await run('ann', ['accounts', 'list', '--json'])).trimEnd().split('\n').map(jsonOf);
    assert.equal(account.name, 'ann');
    assert.deepEqual(others, []);
    assert.match(await run('ann', ['accounts', 'show', 'ann']), /^balance +100000 PTS$/m);
  });

  test('a wrong password and a missing sign-in are told apart', async () => {
    const args = ['login', '--service', stack.service.address, '--username', 'ann'];
    const wrong = await runExpecting(1, 'nobody', args, { input: 'wrong password\n' });
    assert.match(wrong.stderr, /BAD_CREDENTIALS/);
    const missing = await runExpecting(2, 'nobody', ['accounts', 'list']);
    assert.match(missing.stderr, /run ledgercast login/);
  });

  test('login remembers by which certificates the service is reached', async () => {
    const authority = new Authority(stack.folder, 'authority');
    const server = authority.issue('server');
    const client = authority.issue('client');
    const service = await stack.addService([
      ...['--tls-cert-file', server.certFile, '--tls-key-file', server.keyFile, '--tls-client-ca-file', authority.certFile],
    ]);
    await service.waitUntilReady();
    const args = ['login', '--service', service.address, '--username', 'ann'];
    const files = ['--service-ca-file', authority.certFile, '--service-cert-file', client.certFile, '--service-key-file', client.keyFile];
    const input = `${passwordOf('ann')}\n`;
    await runExpecting(3, 'secured', args, { input });
    await run('secured', [...args, ...files], { input });
    assert.match(await run('secured', ['accounts', 'list']), /^ann /m);
    const missing = await runExpecting(2, 'secured', ['accounts', 'list', '--service-ca-file', join(stack.folder, 'missing.pem')]);
    assert.match(missing.stderr, /missing\.pem/);
  });

  test('programs sign in for one command by a password file', async () => {
    const flags = ['--service', stack.service.address, '--username', 'ann', '--password-file', join(stack.folder, 'ann.password')];
    assert.match(await run('nobody', ['accounts', 'list', ...flags]), /^ann /m);
    assert.equal(existsSync(credentialsOf('nobody')), false);
  });

  test('many processes go on beyond the end of an access token, and share the new ones', async () => {
    const service = await stack.addService(['--access-token-seconds', '2']);
    await service.waitUntilReady();
    await logIn('admin', { service, configHome: 'short' });
    const file = credentialsOf('short');
    const first = jsonOf(readFileSync(file, 'utf8'));
    const watch = new Run('admin', ['watch', '--after', 'now', '--json'], { configHome: 'short' });
    await waitUntil('the token to come to its end', () => Date.now() > Date.parse(first.expiresAt), WAIT_TIMEOUT_MS);
    const runs = Array.from({ length: 8 }, () => run('admin', ['accounts', 'list', '--json'], { configHome: 'short' }));
    const answers = await Promise.all(runs);
    assert.equal(new Set(answers).size, 1);
    assert.notEqual(jsonOf(readFileSync(file, 'utf8')).accessToken, first.accessToken);
    const { id } = await post('ann', 'bob');
    await watch.waitForRow(id);
    watch.child.kill('SIGINT');
    assert.equal(await watch.end(), 0);
  });
});

describe('transfers', () => {
  test('a transfer is posted once an id, and answered as it was first posted', async () => {
    const id = randomUUID();
    const args = ['post', '--from', 'ann', '--to', 'bob', '--amount', '5', '--description', 'Lunch', '--metadata', 'table=7', '--id', id];
    const posted = await run('ann', args);
    const [, sequence] = /^posted: 5 PTS from ann to bob, sequence (\d+), id /.exec(posted);
    assert.match(await run('ann', args), new RegExp(`^was posted before: 5 PTS from ann to bob, sequence ${sequence}, id ${id}$`, 'm'));
    const again = jsonOf(await run('ann', [...args, '--json']));
    assert.deepEqual([again.sequence, again.description, again.metadata], [sequence, 'Lunch', { table: '7' }]);
  });

  test('a refused transfer is 1 with its reason; a checked one is not posted', async () => {
    const refused = await runExpecting(1, 'ann', ['post', '--from', 'bob', '--to', 'ann', '--amount', '1']);
    assert.match(refused.stderr, /NOT_ALLOWED/);
    const poor = await runExpecting(1, 'ann', ['post', '--from', 'ann', '--to', 'bob', '--amount', '999999999']);
    assert.match(poor.stderr, /INSUFFICIENT_FUNDS/);
    const before = (await readHistory(stack.postgres)).length;
    assert.match(await run('ann', ['post', '--from', 'ann', '--to', 'bob', '--amount', '1', '--validate-only']), /^may be posted: 1 PTS/);
    assert.equal((await readHistory(stack.postgres)).length, before);
  });

  test('people see amounts as their currency writes them, programs in minor units', async () => {
    const passwordFile = join(stack.folder, 'new.password');
    writeFileSync(passwordFile, 'password of an account');
    for (const [name, more] of [['yen', ['--currency', 'JPY']], ['usd', ['--currency', 'USD']], ['gem', ['--currency', 'GEM', '--minor-unit-digits', '3']]]) {
      for (const account of [`${name}1`, `${name}2`]) {
        await run('admin', ['accounts', 'create', account, '--new-password-file', passwordFile, '--no-minimum-balance', ...more]);
      }
      await run('admin', ['post', '--from', `${name}1`, '--to', `${name}2`, '--amount', '1250']);
    }
    const shown = await run('admin', ['accounts', 'list']);
    for (const line of [/^usd1 +-12\.50 +none +USD$/m, /^yen2 +1250 +none +JPY$/m, /^gem2 +1\.250 +none +GEM$/m]) assert.match(shown, line);
    assert.equal(jsonOf(await run('admin', ['accounts', 'show', 'usd2', '--json'])).balance, '1250');
    assert.match(await run('admin', ['list', '--account', 'gem1']), / gem1 +gem2 +1\.250 +GEM /);
    const atStart = await run('admin', ['accounts', 'show', 'usd2', '--at', '2020-01-01T00:00:00Z']);
    assert.match(atStart, /^balance +0\.00 USD$/m);
  });

  test('list goes through every page, and shows a member what is its own', async () => {
    const history = await readHistory(stack.postgres);
    const listed = (await run('admin', ['list', '--json'])).trimEnd().split('\n').map(jsonOf);
    assert.deepEqual(listed.map(({ id }) => id), history.map(({ id }) => id));
    const newest = (await run('admin', ['list', '--order-by', 'sequence desc', '--limit', '2', '--json'])).trimEnd().split('\n').map(jsonOf);
    assert.deepEqual(newest.map(({ id }) => id), history.slice(-2).reverse().map(({ id }) => id));
    const own = history.filter(({ fromAccount, toAccount }) => fromAccount === 'ann' || toAccount === 'ann');
    const [titles, ...lines] = (await run('ann', ['list'])).trimEnd().split('\n');
    assert.match(titles, /^SEQUENCE +TIME +FROM +TO +AMOUNT +CURRENCY +ID +DESCRIPTION$/);
    assert.equal(lines.length, own.length);
  });
});

describe('watch', () => {
  const watchArgs = () => ['watch', '--json', '--cursor-file', join(stack.folder, 'watch.cursor')];

  test('nothing is lost or printed twice over restarts of the service and of the tool', async () => {
    const first = new Run('admin', watchArgs());
    await first.waitForRow((await post('ann', 'bob')).id);
    await restartService();
    const { id } = await post('bob', 'ann');
    await first.waitForRow(id);
    await waitUntil('the position to be kept', () => readFileSync(join(stack.folder, 'watch.cursor'), 'utf8').trim().endsWith(`.${first.rows.at(-1).sequence}`), WAIT_TIMEOUT_MS);
    first.child.kill('SIGKILL');
    assert.equal(await first.end(), 'SIGKILL');

    await post('ann', 'bob');
    const second = new Run('admin', watchArgs());
    await second.waitForRow((await post('bob', 'ann')).id);
    second.child.kill('SIGINT');
    assert.equal(await second.end(), 0);

    const printed = [...first.rows, ...second.rows].map(({ sequence }) => sequence);
    assert.deepEqual(printed, (await readHistory(stack.postgres)).map(({ sequence }) => sequence));
  });

  test('a cursor of another ledger is refused with what to do', async () => {
    const refused = await runExpecting(1, 'admin', ['watch', '--after', '0123456789abcdef.0123456789abcdef.1']);
    assert.match(refused.stderr, /start again without --after/);
    assert.match(refused.stderr, /CURSOR_UNKNOWN/);
  });

  test('one account’s table holds what it takes part in', async () => {
    const watch = new Run('admin', ['watch', '--after', 'now', '--account', 'dan']);
    // Posts until the watch prints a first row, because a row posted before it began would be missed.
    let id = '';
    await waitUntil('the watch to print', async () => {
      ({ id } = await post('ann', 'dan'));
      await post('ann', 'bob');
      return watch.stdout.includes('dan');
    }, WAIT_TIMEOUT_MS);
    await watch.waitForRow(id);
    watch.child.kill('SIGTERM');
    assert.equal(await watch.end(), 0);
    const [titles, ...lines] = watch.stdout.trimEnd().split('\n');
    assert.match(titles, /^SEQUENCE/);
    for (const line of lines) assert.match(line, / ann +dan +1 +PTS /);
  });
});

describe('load', () => {
  const file = () => join(stack.folder, 'rows.csv');
  const state = () => {
    const path = `${file()}.ledgercast-state`;
    return existsSync(path) ? jsonOf(readFileSync(path, 'utf8')).acknowledgedRows : 0;
  };
  const loaded = async () =>
    (await stack.postgres.query(`SELECT description, count(*) FROM transactions WHERE description LIKE 'row %' GROUP BY 1`)).map(([description, count]) => [Number(description.slice(4)), Number(count)]);

  test('killed in the middle and run again it posts each row exactly once', async () => {
    const rows = Array.from({ length: LOADED_ROWS }, (_, index) => {
      const row = index + 1;
      return `ann,bob,${REFUSED_ROWS.includes(row) ? 999_999_999 : 1},"row ${row}"\n`;
    });
    writeFileSync(file(), `from_account,to_account,amount,description\n${rows.join('')}`);
    const killed = new Run('admin', ['load', file(), '--batch-transactions', '20', '--in-flight', '2']);
    await waitUntil(`rows to be acknowledged\n${killed.stderr}`, () => state() > 0, WAIT_TIMEOUT_MS);
    killed.child.kill('SIGKILL');
    assert.equal(await killed.end(), 'SIGKILL');
    const acknowledged = state();
    assert.ok(acknowledged < LOADED_ROWS, 'it was through before it was killed');

    const again = await runExpecting(4, 'admin', ['load', file(), '--json']);
    const summary = jsonOf(again.stdout);
    assert.equal(Number(summary.skipped), acknowledged);
    assert.equal(Number(summary.rejected), REFUSED_ROWS.length);
    const counts = await loaded();
    assert.equal(counts.length, LOADED_ROWS - REFUSED_ROWS.length);
    assert.deepEqual(counts.filter(([, count]) => count !== 1), []);
    checkHistory(await readHistory(stack.postgres));
  });

  test('what was refused is written down, and a third run sends nothing', async () => {
    const [header, ...lines] = readFileSync(`${file()}.rejected.csv`, 'utf8').trimEnd().split('\n');
    assert.match(header, /^row,reason,message,id,from_account,to_account,amount,description,metadata$/);
    assert.deepEqual(lines.map((line) => line.split(',', 2)).sort((a, b) => a[0] - b[0]), REFUSED_ROWS.map((row) => [String(row), 'INSUFFICIENT_FUNDS']));
    const third = jsonOf((await runExpecting(4, 'admin', ['load', file(), '--json'])).stdout);
    assert.deepEqual([third.posted, third.replayed, third.skipped], ['0', '0', String(LOADED_ROWS)]);
  });

  test('it goes on through a restart of the service', async () => {
    const path = join(stack.folder, 'restart.csv');
    writeFileSync(path, `from_account,to_account,amount,description\n${'bob,ann,1,restarted\n'.repeat(5_000)}`);
    const load = new Run('admin', ['load', path, '--json', '--batch-transactions', '20', '--in-flight', '2']);
    const count = async () => Number((await stack.postgres.query(`SELECT count(*) FROM transactions WHERE description = 'restarted'`))[0][0]);
    await waitUntil(`rows to be posted\n${load.stderr}`, async () => (await count()) > 0, WAIT_TIMEOUT_MS);
    await restartService();
    assert.equal(await load.end(), 0, load.stderr);
    assert.equal(await count(), 5_000);
  });

  test('one file is loaded by one process at a time', async () => {
    const path = join(stack.folder, 'endless.jsonl');
    writeFileSync(path, '{"fromAccount":"ann","toAccount":"bob","amount":"1"}\n');
    const holder = spawn('flock', [path, 'sh', '-c', 'echo held; cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    const refused = await runExpecting(3, 'admin', ['load', path]);
    assert.match(refused.stderr, /another process is at it/);
    holder.stdin.end();
    await once(holder, 'close');
    await run('admin', ['load', path]);
  });

  test('without its state every row is answered as posted before', async () => {
    writeFileSync(`${file()}.ledgercast-state`, '');
    const summary = jsonOf((await runExpecting(4, 'admin', ['load', file(), '--json'])).stdout);
    assert.deepEqual([summary.posted, summary.replayed], ['0', String(LOADED_ROWS - REFUSED_ROWS.length)]);
  });

  test('a file that was changed is not posted again under other ids', async () => {
    writeFileSync(file(), `${readFileSync(file(), 'utf8')}ann,bob,1,one more\n`);
    const refused = await runExpecting(2, 'admin', ['load', file()]);
    assert.match(refused.stderr, /was changed since it was loaded/);
  });

  test('a bad line is told and nothing of the file is posted', async () => {
    const bad = join(stack.folder, 'bad.csv');
    writeFileSync(bad, 'from_account,to_account,amount,description\nann,bob,1,of a bad file\nann,bob,1.5,of a bad file\n');
    for (const more of [[], ['--check']]) {
      const refused = await runExpecting(2, 'admin', ['load', bad, ...more]);
      assert.match(refused.stderr, /bad\.csv: line 3: amount "1\.5"/);
    }
    assert.deepEqual(await stack.postgres.query(`SELECT 1 FROM transactions WHERE description = 'of a bad file'`), []);
  });

  test('JSON lines from standard input are posted once a run’s name', async () => {
    const input = ['{"fromAccount":"ann","toAccount":"bob","amount":"1"}', '{"fromAccount":"bob","toAccount":"ann","amount":2,"metadata":{"k":"v"}}'].join('\n');
    const load = async () => jsonOf(await run('admin', ['load', '-', '--run', 'june', '--json'], { input }));
    const [first, second] = [await load(), await load()];
    assert.deepEqual([first.posted, first.replayed], ['2', '0']);
    assert.deepEqual([second.posted, second.replayed], ['0', '2']);
  });
});

describe('verify', () => {
  test('a ledger is found sound while it is in use', async () => {
    const client = stack.client();
    const token = await stack.newToken('admin');
    const busy = new AbortController();
    const posting = (async () => {
      while (!busy.signal.aborted) {
        await client.call('createTransaction', { fromAccount: 'ann', toAccount: 'cid', amount: '1' }, { token });
      }
    })();
    const report = jsonOf(await run('admin', ['verify', '--json']));
    busy.abort();
    await posting;
    assert.equal(report.sound, true, JSON.stringify(report.problems));
    assert.equal(report.until.split('.').at(-1), report.transactions);
    assert.ok(Number(report.transactions) > LOADED_ROWS);
    assert.match(await run('admin', ['verify']), /The ledger is sound\./);
  });

  test('a row that is missing is named, and a service that has not got behind it is not taken for a sound one', async () => {
    const [[newest]] = await stack.postgres.query('SELECT max(sequence) FROM transactions');
    const rows = `transactions WHERE sequence = ${newest - 5}`;
    await stack.postgres.query('ALTER TABLE transactions DISABLE TRIGGER ALL');
    await stack.postgres.query(`CREATE TABLE kept AS SELECT * FROM ${rows}`);
    await stack.postgres.query(`DELETE FROM ${rows}`);
    await stack.service.stop();
    stack.service.start();
    await waitUntil('the service to answer', async () => (await new Run('admin', ['accounts', 'list']).end()) === 0, WAIT_TIMEOUT_MS);
    const { stdout } = await runExpecting(4, 'admin', ['verify', '--retry-seconds', '2']);
    assert.match(stdout, new RegExp(`comes behind sequence ${newest - 6}`));
    assert.match(stdout, /it is not ready/);
    await stack.postgres.query('INSERT INTO transactions SELECT * FROM kept');
    await stack.postgres.query('DROP TABLE kept');
    await stack.postgres.query('ALTER TABLE transactions ENABLE TRIGGER ALL');
    await stack.service.waitUntilReady();
    assert.match(await run('admin', ['verify']), /The ledger is sound\./);
  });

  test('a member is told that it takes an admin', async () => {
    const refused = await runExpecting(1, 'ann', ['verify']);
    assert.match(refused.stderr, /only an admin/);
  });

  test('a row that was changed behind the service’s back is named', async () => {
    const [[sequence, id]] = await stack.postgres.query(`SELECT sequence, id FROM transactions WHERE description = 'row 100'`);
    for (const service of stack.services) await service.stop();
    await stack.postgres.query('ALTER TABLE transactions DISABLE TRIGGER ALL');
    await stack.postgres.query(`UPDATE transactions SET amount = amount + 1 WHERE sequence = ${sequence}`);
    await stack.postgres.query('ALTER TABLE transactions ENABLE TRIGGER ALL');
    for (const service of stack.services) service.start();
    await stack.service.waitUntilReady();
    const { stdout } = await runExpecting(4, 'admin', ['verify', '--json']);
    const report = jsonOf(stdout);
    assert.equal(report.sound, false);
    assert.deepEqual([...new Set(report.problems.map((problem) => `${problem.sequence} ${problem.id}`))], [`${sequence} ${id}`]);
    assert.deepEqual(report.problems.map(({ check, columns }) => [check, columns]), [['hash', ['amount']]]);
    const table = await runExpecting(4, 'admin', ['verify']);
    assert.match(table.stdout, new RegExp(`^transactions +${sequence} +amount +hash +${id} `, 'm'));
    assert.match(table.stdout, /The ledger is NOT sound: 1 problem\./);
  });
});
