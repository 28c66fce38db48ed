// Tests docker-compose.yaml on a real engine. The commands of the README must work. Restarts, kills, and `down` and
// `up` must lose nothing and show nothing twice. The tests use one project, one after the other.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { post } from '../e2e/http.mjs';
import { SocketReader } from '../e2e/readers.mjs';
import { waitUntil } from '../e2e/waiting.mjs';
import { docker, PROGRAMS, Project } from './project.mjs';
import { signIn, Traffic } from './traffic.mjs';

const TRANSFERS_BETWEEN_BREAKS = 60;
const DEMO_TRANSFERS = 5;
const SCRAPED_MS_MAX = 60_000;

let project;
let signIns;
let traffic;

before(async () => {
  project = await Project.make();
});
after(() => traffic?.stop());

test('`up` on a fresh checkout makes everything healthy', async (t) => {
  const started = Date.now();
  await project.up();
  t.diagnostic(`everything is healthy after ${Date.now() - started} ms, with the images at hand`);
  for (const name of PROGRAMS) assert.equal((await project.container(name)).State.Health.Status, 'healthy', name);
  for (const name of ['secrets', 'roles', 'migrate', 'accounts']) assert.deepEqual((await project.container(name)).State.ExitCode, 0, name);
  const page = await fetch(project.edge.url);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /<script/);
});

async function isNoSuperuser() {
  const clients = await project.query("SELECT DISTINCT usename, usesuper FROM pg_stat_activity JOIN pg_user USING (usename) WHERE client_addr IS NOT NULL");
  assert.deepEqual(clients, [['ledgercast_service', 'f']]);
  const owners = await project.query("SELECT DISTINCT relowner::regrole FROM pg_class WHERE relnamespace = 'public'::regnamespace");
  assert.deepEqual(owners, [['ledgercast_owner']]);
}

test('the service is no superuser, and owns nothing', isNoSuperuser);

test('a token is issued, and a transfer arrives on a WebSocket through the published port', async () => {
  signIns = await project.signIns();
  assert.deepEqual([...signIns.keys()], ['admin', 'user1', 'user2', 'user3']);
  traffic = await Traffic.start(project, signIns.get('admin'));
  const token = await signIn(project.edge, 'admin', signIns.get('admin'));
  const reader = new SocketReader(project.edge, { name: 'admin', token: () => token, after: 'now' }).start();
  await reader.record.waitFor('its place', ({ isLive }) => isLive);
  const id = randomUUID();
  const { status, body } = await post(project.edge, '/v1/transactions', { id, fromAccount: 'admin', toAccount: 'ann', amount: '7' }, { token });
  assert.equal(status, 201, JSON.stringify(body));
  traffic.acknowledged.push({ id, sequence: body.sequence });
  await reader.record.waitForRow(id);
  await reader.stop();
});

test('no log and no container\'s environment holds a password', async () => {
  const logs = await project.compose('--profile', '*', 'logs', '--no-color');
  const environments = [...(await project.containers()).values()].flatMap(({ Config }) => Config.Env);
  const passwordIn = async (volume) => (await docker('run', '--rm', '--volume', `${project.name}_${volume}:/s:ro`, 'postgres:17', 'cat', '/s/password')).trim();
  const passwords = await Promise.all(['database-secrets', 'database-owner-secrets', 'database-service-secrets'].map(passwordIn));
  for (const secret of [...signIns.values(), ...passwords]) {
    assert.ok(secret.length >= 16);
    assert.ok(!logs.includes(secret), 'a log holds a password');
    assert.ok(!environments.some((text) => text.includes(secret)), 'an environment holds a password');
  }
});

/** Breaks each program while clients post. It must come back, and posting must continue, before the next one breaks. */
async function breakEach(name, breakAndReturn) {
  await traffic.freshenTokens();
  traffic.startPosting();
  await traffic.waitForMore(TRANSFERS_BETWEEN_BREAKS);
  for (const program of PROGRAMS) {
    await breakAndReturn(program);
    await project.waitUntilHealthy(program);
    await traffic.waitForMore(TRANSFERS_BETWEEN_BREAKS);
    await traffic.catchUp();
  }
  await traffic.stopPosting();
  return traffic.check();
}

test('`docker compose restart` of each program loses nothing and repeats nothing', async (t) => {
  const count = await breakEach('restart', (program) => project.compose('restart', program));
  t.diagnostic(`${count} transactions`);
});

test('`docker kill` of each program loses nothing and repeats nothing', async (t) => {
  const count = await breakEach('kill', async (program) => {
    const { Id } = await project.container(program);
    await docker('kill', Id);
    await docker('start', Id);
  });
  t.diagnostic(`${count} transactions`);
});

test('each program ends by itself when it is stopped, before it would be killed', async () => {
  await project.compose('stop');
  for (const name of PROGRAMS) assert.equal((await project.container(name)).State.ExitCode, 0, name);
});

/** Checks that the sign-ins are as they were, and that after more transfers every reader has them all. */
async function goOn() {
  assert.deepEqual(await project.signIns(), signIns);
  await traffic.freshenTokens();
  traffic.startPosting();
  await traffic.waitForMore(TRANSFERS_BETWEEN_BREAKS);
  await traffic.stopPosting();
  await traffic.check();
}

test('`down` and `up` keep the data, the secrets and every reader\'s place', async () => {
  await project.compose('down');
  assert.equal((await project.containers()).size, 0);
  await project.up();
  await goOn();
});

// In old installations the superuser owned everything, and there were no other roles with passwords.
test('an installation of before there were two roles goes on with all that it has', async () => {
  await project.compose('stop', 'edge', 'transaction-service');
  await project.query('REASSIGN OWNED BY ledgercast_owner TO ledgercast; DROP OWNED BY ledgercast_owner, ledgercast_service; DROP ROLE ledgercast_owner, ledgercast_service');
  await project.compose('down');
  for (const name of ['owner', 'service']) await docker('volume', 'rm', `${project.name}_database-${name}-secrets`);
  await project.up();
  await isNoSuperuser();
  await goOn();
});

test('profile demo moves data', async () => {
  const token = await signIn(project.edge, 'admin', signIns.get('admin'));
  const reader = new SocketReader(project.edge, { name: 'admin', token: () => token, after: 'now' }).start();
  await project.up({ profiles: ['demo'] });
  const isDemo = ({ fromAccount, toAccount }) => fromAccount.startsWith('user') && toAccount.startsWith('user');
  await reader.record.waitFor('transfers between the demo accounts', ({ rows }) => rows.filter(isDemo).length >= DEMO_TRANSFERS);
  await reader.stop();
  for (const name of ['user1', 'user2', 'user3']) await signIn(project.edge, name, signIns.get(name));
  await project.compose('--profile', 'demo', 'stop', 'demo');
  assert.equal((await project.container('demo')).State.ExitCode, 0, 'it had to be killed');
});

test('profile observability: Prometheus reads both programs', async () => {
  await project.compose('--profile', 'observability', 'up', '--detach', '--wait', 'prometheus');
  const states = async () => {
    const response = await fetch(new URL('/api/v1/targets?state=active', project.prometheusUrl));
    const { activeTargets } = (await response.json()).data;
    return activeTargets.map(({ labels, health }) => `${labels.job} ${health}`).sort();
  };
  let last;
  const bothAreUp = async () => String((last = await states())) === 'edge up,transaction-service up';
  await waitUntil('both targets to be up', bothAreUp, SCRAPED_MS_MAX).catch((error) => assert.fail(`${error.message}: ${last}`));
});
