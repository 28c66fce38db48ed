// Tests a roll-out that is rolled back. The next version of the service migrates the database, and this version runs
// beside it and after it.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { checkHistory, readHistory } from './history.mjs';
import { Stack } from './stack.mjs';

const NEXT = { name: 'ledgercast-transaction-service-next' };

let stack;
after(() => stack?.stop());

async function pay(service) {
  const transfer = { id: randomUUID(), fromAccount: 'ann', toAccount: 'bob', amount: '1' };
  const posted = await stack.client(service).call('createTransaction', transfer, { token: await stack.token('ann') });
  // All running services must see it, wherever it was posted.
  for (const each of stack.services) {
    const seen = await stack.client(each).call('getTransaction', { id: posted.id }, { token: await stack.token('ann') });
    assert.equal(seen.sequence, posted.sequence);
  }
}

async function replace(service, flags, options) {
  stack.services.splice(stack.services.indexOf(service), 1);
  await service.stop();
  const next = await stack.addService(flags, options);
  await next.waitUntilReady();
  return next;
}

test('a program runs on the schema of the next one, beside it and after it', async () => {
  stack = await Stack.start();
  const first = await stack.addService();
  const second = await stack.addService();
  for (const service of [first, second]) await service.waitUntilReady();
  await stack.makeAdmin();
  await stack.makeAccounts(['ann', 'bob'], 1000);
  await pay(first);

  // Rolls out the next version, one service after the other.
  const next = await replace(second, [], NEXT);
  const [[versions]] = await stack.postgres.query("SELECT count(*) FROM schema_migrations WHERE name LIKE '%the_next_version'");
  assert.equal(versions, '1');
  for (const service of [first, next, first]) await pay(service);
  await stack.makeAccounts(['carl'], 5);

  // Rolls back while the database stays migrated, also with a service that does not migrate by itself.
  const back = await replace(next, ['--migrate=false']);
  const restarted = await replace(first, []);
  for (const service of [back, restarted]) await pay(service);
  await stack.makeAccounts(['dora'], 5);

  // Rolls out the next version for good.
  const again = await replace(restarted, [], NEXT);
  for (const service of [again, back]) await pay(service);
  checkHistory(await readHistory(stack.postgres));
});
