// Installs the Debian packages on a machine of their own and uses them as an operator does. The
// tests are steps: each goes on where the one before has stopped. run.sh starts this file.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { waitUntil } from '../e2e/waiting.mjs';
import { Machine } from './machine.mjs';
import { field, makeNextVersion, versionAfter } from './next_version.mjs';

const BUILT = process.env.LEDGERCAST_BUILT;
const FRESH = process.env.LEDGERCAST_FRESH_DEBIAN;
const UNITS = ['ledgercast-transaction-service', 'ledgercast-edge'];
// systemd rates the exposure of a unit from 0 to 10. Below 2 it says OK.
const EXPOSURE_MAX = 2;
// Each of the two packages waits for at most 10 s.
const UNAVAILABLE_MS_MAX = 60_000;

// Posts from user1 to user2 until /root/stop exists, each transfer until it is acknowledged.
const POST_ALL_THE_TIME = `
n=0
until [ -e /root/stop ]; do
  id=$(cat /proc/sys/kernel/random/uuid)
  until ledgercast post --id "$id" --from user1 --to user2 --amount 1; do sleep 0.2; done
  n=$((n + 1))
  echo $n >/root/posted
done
`;
const FIRST_TRANSFERS = 2;
const STEP_MS_MAX = 60_000;

let work;
let count;
let failed;
let machine;
let version;

/** Defines a test that fails at once if one before it has failed, because it goes on where that one stopped. */
function step(name, body) {
  test(name, async () => {
    assert.equal(failed, undefined, 'a step before has failed');
    failed = name;
    await body();
    failed = undefined;
  });
}

/** Runs apt-get in the machine, which has all packages in apt's cache and no network. */
const apt = (words) => machine.must(`DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Options::=--force-confold ${words} 2>&1`);
const show = (unit, property) => machine.must(`systemctl show --value --property ${property} ${unit}`);
const page = () => machine.run('curl --silent --fail --max-time 5 http://localhost:8080/');
const ledger = (words, options) => machine.must(`ledgercast ${words}`, options);
const balance = async (name) => JSON.parse(await ledger(`accounts show ${name} --json`)).balance;

const sql = (query) => machine.must(`setpriv --reuid=postgres --regid=postgres --init-groups psql -XAt -d ledgercast -c '${query}'`);

const until = (what, condition) => waitUntil(what, condition, STEP_MS_MAX);

/** Returns the process id of a unit that runs. 0 would stand for the test itself. */
async function mainPid(unit) {
  const pid = await show(unit, 'MainPID');
  assert.notEqual(pid, '0', `${unit} does not run`);
  return pid;
}

async function allUp() {
  for (const unit of UNITS) await until(`${unit} is up`, async () => (await show(unit, 'ActiveState')) === 'active');
}

/** Fetches all that will be installed, because the machine has no network. */
function fetchPackages(root) {
  const chroot = (command) => execFileSync('chroot', [root, 'env', '-i', 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'DEBIAN_FRONTEND=noninteractive', 'bash', '-c', command], { stdio: ['ignore', 'ignore', 'inherit'] });
  chroot('apt-get -q -y --no-install-recommends install systemd systemd-sysv dbus curl >/dev/null');
  chroot('apt-get -q -y --download-only install /debs/*.deb postgresql >/dev/null');
}

before(() => {
  work = mkdtempSync(join(BUILT, 'packages_test.'));
  const root = join(work, 'machine');
  execFileSync('cp', ['--archive', FRESH, root]);
  cpSync(join(BUILT, 'packages'), join(root, 'debs'), { recursive: true });
  makeNextVersion(join(BUILT, 'packages'), join(root, 'next_debs'), join(BUILT, 'bin/ledgercast-transaction-service-next'));
  const [first] = readdirSync(join(root, 'debs'));
  version = field(join(root, 'debs', first), 'Version');
  fetchPackages(root);
  machine = new Machine(root);
  return machine.boot();
});

after(async () => {
  if (process.env.LEDGERCAST_KEEP) return;
  await machine?.kill();
  rmSync(work, { recursive: true, force: true });
});

step('packages install beside PostgreSQL, start nothing yet, and say what to run', async () => {
  const said = await apt('install /debs/*.deb postgresql');
  assert.match(said, /sudo ledgercast-setup/);
  for (const unit of UNITS) {
    assert.equal(await show(unit, 'ActiveState'), 'inactive');
    assert.equal(await show(unit, 'UnitFileState'), 'enabled');
  }
  assert.equal(await machine.must('systemctl is-system-running'), 'running');
});

step('ledgercast-setup explains mistakes', async () => {
  const unknown = await machine.run('ledgercast-setup --frobnicate');
  assert.equal(unknown.status, 2);
  assert.match(unknown.stderr, /unknown option: --frobnicate\n\n.*Usage:/s);
  const notRoot = await machine.run('setpriv --reuid=nobody --regid=nogroup --clear-groups ledgercast-setup');
  assert.equal(notRoot.status, 1);
  assert.match(notRoot.stderr, /as root: sudo ledgercast-setup/);
  const elsewhere = await machine.run("sed -i.kept 's/^PGHOST=.*/PGHOST=db1.example.com/' /etc/ledgercast/database.env; ledgercast-setup");
  assert.match(elsewhere.stderr, /on another host, db1\.example\.com\.\nGive --superuser/);
  await machine.must('mv /etc/ledgercast/database.env.kept /etc/ledgercast/database.env');
});

step('ledgercast-setup says that PostgreSQL does not answer', async () => {
  await machine.must('systemctl stop postgresql');
  const { status, stderr } = await machine.run('ledgercast-setup');
  await machine.must('systemctl start postgresql');
  assert.equal(status, 1);
  assert.match(stderr, /PostgreSQL does not answer on port 5432: .*\nIs it running/s);
});

step('ledgercast-setup starts everything, and can be run again', async () => {
  const first = await machine.run('ledgercast-setup');
  assert.equal(first.status, 0, first.stderr);
  assert.match(first.stderr, /Ledgercast is up: {2}http:\/\/localhost:8080\n/);
  assert.match(first.stderr, /Sign in as admin, with the password in \/etc\/ledgercast\/secrets\/accounts\/admin\./);
  await allUp();
  assert.match((await page()).stdout, /<html/);
  const again = await machine.run('ledgercast-setup');
  assert.equal(again.status, 0, again.stderr);
  assert.match(again.stderr, /all secrets are there already/);
  assert.match(again.stderr, /with the password that it has/);
});

step('an admin signs in, makes accounts, posts and watches', async () => {
  await ledger('login --service localhost:50051 --username admin --password-file /etc/ledgercast/secrets/accounts/admin');
  await machine.must('umask 077; printf long-enough-secret >/root/password');
  for (const name of ['user1', 'user2']) await ledger(`accounts create ${name} --new-password-file /root/password`);
  await ledger('post --from admin --to user1 --amount 1000');
  await ledger('post --from user1 --to user2 --amount 250');
  assert.equal(await balance('user1'), '750');
  await machine.must('systemd-run --quiet --unit watcher --setenv=HOME=/root bash -c "exec ledgercast watch --json --cursor-file /root/cursor >>/root/seen"');
  await until('the watcher has both transfers', async () => (await machine.run('wc -l </root/seen')).stdout.trim() === '2');
});

step('programs run without any right of root, and only root reads the secrets', async () => {
  for (const unit of UNITS) {
    const pid = await mainPid(unit);
    assert.notEqual(await machine.must(`stat --format %u /proc/${pid}`), '0');
    assert.match(await machine.must(`grep CapBnd /proc/${pid}/status`), /0{16}$/);
    assert.match(await show(unit, 'StatusText'), /^ready$/);
    const score = Number(await machine.must(`systemd-analyze security ${unit} --no-pager | sed -n 's/.*Overall exposure level for .*: \\([0-9.]*\\) .*/\\1/p'`));
    assert.ok(score > 0 && score < EXPOSURE_MAX, `${unit}: ${score}`);
  }
  assert.equal(await machine.must('find /etc/ledgercast/secrets -perm /007 -print'), '');
  assert.equal((await machine.run('setpriv --reuid=nobody --regid=nogroup --clear-groups ls /etc/ledgercast/secrets')).status, 2);
});

step('a killed program is started again, and one with a wrong setting is not', async () => {
  for (const unit of UNITS) {
    const pid = await mainPid(unit);
    await machine.must(`kill -KILL ${pid}`);
    await until(`${unit} runs again`, async () => !['0', pid].includes(await show(unit, 'MainPID')));
  }
  await allUp();
  await machine.must('echo LEDGERCAST_LOG_LEVEL=loud >>/etc/ledgercast/edge.env');
  assert.notEqual((await machine.run('systemctl restart ledgercast-edge')).status, 0);
  await until('the edge has failed', async () => (await show('ledgercast-edge', 'ActiveState')) === 'failed');
  assert.match(await machine.must('journalctl --unit ledgercast-edge --lines 20 --output cat'), /loud/);
  await machine.must("sed -i '/LOG_LEVEL=loud/d' /etc/ledgercast/edge.env && systemctl restart ledgercast-edge");
});

step('an upgrade migrates the tables, keeps data and settings, and loses no posted transfer', async () => {
  await machine.must('echo "# ours" >>/etc/ledgercast/edge.env');
  await machine.must('cat >/root/post_all_the_time', { input: POST_ALL_THE_TIME });
  await machine.must('systemd-run --quiet --unit poster --setenv=HOME=/root bash /root/post_all_the_time');
  const posted = async () => Number((await machine.run('cat /root/posted')).stdout);
  await until('the first transfer', posted);
  await apt('install /next_debs/*.deb');
  assert.equal(await machine.must("dpkg-query --show --showformat '${Version}' ledgercast-edge"), versionAfter(version));
  await allUp();
  const before = await posted();
  await until('transfers after the upgrade', async () => (await posted()) > before);
  await machine.must('touch /root/stop');
  await until('the end of posting', async () => (await show('poster', 'ActiveState')) === 'inactive');
  count = FIRST_TRANSFERS + (await posted());
  assert.equal(await machine.must('tail -n 1 /etc/ledgercast/edge.env'), '# ours');
  assert.equal(await balance('user2'), String(250 + (await posted())));
  await until('the watcher has all transfers', async () => (await machine.must('wc -l </root/seen')) === String(count));
  assert.equal(await machine.must('sort -u /root/seen | wc -l'), String(count));
  assert.equal(await sql('SELECT count(*) FROM notes'), '0');
});

step('all of it comes back by itself after the machine was restarted', async () => {
  await machine.stop();
  await machine.boot();
  await allUp();
  assert.match((await page()).stdout, /<html/);
  assert.equal(await balance('user2'), String(250 + count - FIRST_TRANSFERS));
});

step('removing keeps settings and secrets, and installing again goes on with them', async () => {
  const user2 = await balance('user2');
  await apt('remove ledgercast-transaction-service ledgercast-edge ledgercast');
  assert.equal((await machine.run('pgrep --full /usr/bin/ledgercast')).stdout, '');
  await machine.must('test -s /etc/ledgercast/secrets/edge/relay.pem && test -s /etc/ledgercast/edge.env');
  await apt('install /next_debs/*.deb');
  await allUp();
  assert.equal(await balance('user2'), user2);
});

step('an upgrade does not wait for a database that is away, and continues when it is back', async () => {
  await machine.must('systemctl stop postgresql');
  const began = Date.now();
  const said = await apt('install --reinstall /next_debs/*.deb');
  assert.match(said, /ledgercast-transaction-service\.service is not ready yet: systemctl status/);
  assert.ok(Date.now() - began < UNAVAILABLE_MS_MAX);
  assert.match(await machine.must('systemctl status ledgercast-migrate --no-pager || true'), /waiting for the database/);
  await machine.must('systemctl start postgresql');
  await allUp();
  assert.equal((await page()).status, 0);
});

step('purging leaves nothing but the ledger in PostgreSQL, on which a new set-up goes on', async () => {
  await apt('purge ledgercast-transaction-service ledgercast-edge ledgercast');
  assert.equal(await machine.must("find / -xdev -iname '*ledgercast*' -not -path '/root/*' -not -path '/*debs/*' -not -path '/var/log/*' -not -path '/proc/*' -not -path '/run/*' -not -path '/sys/*' -not -path '/var/cache/*' -not -path '/var/lib/dpkg/*' -print"), '');
  await apt('install /next_debs/*.deb');
  const setUp = await machine.run('ledgercast-setup');
  assert.equal(setUp.status, 0, setUp.stderr);
  await allUp();
  // The password of the first set-up is the one that the ledger knows.
  assert.match(setUp.stderr, /Sign in as admin, with the password that it has\./);
  assert.equal(await sql('SELECT count(*) FROM transactions'), String(count));
});
