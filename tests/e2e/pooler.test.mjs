// Tests pgbouncer between the service and PostgreSQL.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Stack } from './stack.mjs';
import { waitUntil, within } from './waiting.mjs';

const WAIT_TIMEOUT_MS = 30_000;
const PORT = 6432;

let stack;
before(async () => {
  stack = await Stack.start();
});
after(() => stack?.stop());

/** Runs pgbouncer with that pool_mode. Returns the conninfo of connections through it. */
async function startPooler(t, mode) {
  const folder = join(stack.folder, `pooler-${mode}`);
  mkdirSync(folder);
  chmodSync(folder, 0o777);
  const { conninfo, socketFolder } = stack.postgres;
  const config = join(folder, 'pgbouncer.ini');
  writeFileSync(
    config,
    `[databases]
ledgercast = host=${socketFolder} user=ledgercast
[pgbouncer]
unix_socket_dir = ${folder}
listen_port = ${PORT}
auth_type = any
pool_mode = ${mode}
ignore_startup_parameters = extra_float_digits
`,
  );
  // pgbouncer refuses to run as root.
  const asUser = process.getuid() === 0 ? ['--reuid=postgres', '--regid=postgres', '--init-groups'] : [];
  const child = spawn('setpriv', [...asUser, '--pdeathsig', 'KILL', 'pgbouncer', config], { stdio: 'ignore', env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` } });
  const ended = once(child, 'exit');
  t.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const through = `${conninfo.replace(socketFolder, folder)} port=${PORT}`;
  const isUp = async () => {
    const psql = spawn('psql', ['-XAtq', through, '-c', 'SELECT 1'], { stdio: 'ignore' });
    return (await once(psql, 'exit'))[0] === 0;
  };
  await waitUntil('pgbouncer to answer', isUp, WAIT_TIMEOUT_MS);
  return through;
}

test('in transaction mode is refused at start, and the message says what to do', async (t) => {
  const service = await stack.addService([], { database: await startPooler(t, 'transaction') });
  stack.services.pop();
  const [code] = await within('the service to end', service.ended, WAIT_TIMEOUT_MS);
  assert.equal(code, 1);
  assert.match(service.lastLog(), /connection pooler .* set pool_mode=session/);
});

test('in session mode is as good as PostgreSQL itself', async (t) => {
  const service = await stack.addService([], { database: await startPooler(t, 'session') });
  await service.waitUntilReady();
  await stack.makeAdmin();
  await stack.makeAccounts(['ann'], 10);
  await stack.services.pop().stop();
});
