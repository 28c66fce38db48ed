// Tests wrong clocks: of one replica, and steps of its clock while it runs.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, test } from 'node:test';
import { FakedClock } from './faked_clock.mjs';
import { readMetrics } from './exposition.mjs';
import { Stack } from './stack.mjs';
import { waitUntil } from './waiting.mjs';

const WAIT_TIMEOUT_MS = 30_000;
const TEN_YEARS_S = 10 * 365 * 86_400;
const HOUR_S = 3_600;
const STEP_MS = 60_000;

let stack;

before(async () => {
  stack = await Stack.startWithoutEdge(['ann', 'bob']);
});
after(() => stack?.stop());

const pay = (client, token) => client.call('createTransaction', { id: randomUUID(), fromAccount: 'ann', toAccount: 'bob', amount: '1' }, { token });

async function skewOf(service) {
  return (await readMetrics(service)).get('ledgercast_clock_skew_seconds').samples[0].value;
}

test('a replica whose clock is ten years ahead posts nothing and says why; the others go on', async () => {
  const clock = new FakedClock(stack.folder, TEN_YEARS_S);
  const wrong = await stack.addService([], { env: clock.env });
  await waitUntil('the replica to say so', async () => (await wrong.readiness()).text.startsWith('CLOCK_SKEW: '), WAIT_TIMEOUT_MS);
  assert.equal((await wrong.readiness()).ok, false);
  assert.ok(Math.abs((await skewOf(wrong)) - TEN_YEARS_S) < HOUR_S);

  const client = stack.client(wrong);
  const { accessToken } = await client.call('issueToken', { username: 'ann', password: 'ann of the tests' });
  await assert.rejects(pay(client, accessToken), (error) => {
    assert.deepEqual([error.code, error.reason], ['UNAVAILABLE', 'CLOCK_SKEW']);
    return true;
  });
  const posted = await pay(stack.client(), await stack.token('ann'));
  const [[seconds]] = await stack.postgres.query(
    `SELECT abs(extract(epoch FROM clock_timestamp() - create_time)) FROM transactions WHERE id = '${posted.id}'`,
  );
  assert.ok(Number(seconds) < STEP_MS / 1000);

  // After its clock was corrected, it takes part again.
  clock.set(0);
  await wrong.waitUntilReady();
  const token = await stack.token('ann');
  // What it learned of revoked tokens ten years ahead stays valid for half a second.
  await waitUntil('it to post again', () => pay(client, token).catch(() => false), WAIT_TIMEOUT_MS);
  await stack.services.pop().stop();
});

test('a clock that steps back by an hour does not stop a replica that polls', async () => {
  const clock = new FakedClock(stack.folder, HOUR_S);
  const flags = ['--notify=false', '--max-clock-skew-seconds=86400', '--access-token-seconds=86400'];
  const service = await stack.addService(flags, { env: clock.env });
  await service.waitUntilReady();
  const client = stack.client(service);
  const { accessToken } = await client.call('issueToken', { username: 'ann', password: 'ann of the tests' });
  const watch = client.watch({ after: 'now', progressInterval: { seconds: 0, nanos: 200_000_000 } }, { token: accessToken })[Symbol.asyncIterator]();
  await watch.next();
  const nextTransaction = async () => {
    for (;;) {
      const { value } = await watch.next();
      if (value.transactions.length > 0) return value.transactions[0];
    }
  };
  for (const seconds of [HOUR_S, 0, -HOUR_S]) {
    clock.set(seconds);
    await waitUntil('the replica to notice', async () => Math.abs((await skewOf(service)) - seconds) < HOUR_S / 2, WAIT_TIMEOUT_MS);
    const { id } = await pay(stack.client(), await stack.token('ann'));
    assert.equal((await nextTransaction()).id, id);
    // Progress must continue too.
    assert.deepEqual((await watch.next()).value.transactions, []);
    assert.equal((await service.readiness()).ok, true);
  }
  await watch.return();
  await stack.services.pop().stop();
});
