// Kills each part of the stack while the page is open. The page must say which part is away, come back by itself, and
// have every row once.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { get } from '../e2e/http.mjs';
import { waitUntil } from '../e2e/waiting.mjs';
import { member, postOne, startStack } from './support/own_stack.mjs';
import { LIVE_TIMEOUT_MS, closePages, launchBrowser, openSignedIn, sequencesOf, waitForRow, waitForState } from './support/page.mjs';

/** The page asks only from time to time whether the ledger answers. */
const NOTICE_TIMEOUT_MS = 60_000;
/** Only the browser has to be waited for. */
const AT_ONCE_MS = 5_000;

let browser;
let stack;
before(async () => {
  [browser, stack] = await Promise.all([launchBrowser(), startStack()]);
});
afterEach(() => closePages(browser));
after(() => Promise.all([browser?.close(), stack?.stop()]));

const open = () => openSignedIn(browser, member('user2'), { url: new URL(stack.edge.url) });

async function assertEveryRowOnce(page) {
  const description = `After it, ${Date.now()}`;
  const last = await postOne(stack, description);
  await waitForRow(page, description);
  const shown = await sequencesOf(page);
  const token = await stack.token('user2');
  const { body } = await get(stack.edge, '/v1/transactions?pageSize=1000&orderBy=sequence%20desc', { token });
  assert.equal(shown[0], last);
  assert.deepEqual(shown, body.transactions.map(({ sequence }) => Number(sequence)));
}

test('the edge', async () => {
  const page = await open();
  await postOne(stack, 'Before the edge ended');
  await stack.edge.kill();
  await waitForState(page, /The edge cannot be reached\. Reconnecting in \d+ s/, NOTICE_TIMEOUT_MS);
  stack.edge.start();
  await stack.edge.waitUntilReady();
  await waitForState(page, 'Live', LIVE_TIMEOUT_MS);
  await assertEveryRowOnce(page);
});

test('the network of the device', async () => {
  const page = await open();
  await page.context().setOffline(true);
  await waitForState(page, 'This device has no network', AT_ONCE_MS);
  await postOne(stack, 'While the device was offline');
  await page.context().setOffline(false);
  await waitForState(page, 'Live', LIVE_TIMEOUT_MS);
  await assertEveryRowOnce(page);
});

test('the service', async () => {
  const page = await open();
  await postOne(stack, 'Before the service ended');
  await stack.service.kill();
  await waitForState(page, 'The ledger does not answer: its service is away', NOTICE_TIMEOUT_MS);
  stack.service.start();
  await stack.service.waitUntilReady();
  await waitForState(page, 'Live', NOTICE_TIMEOUT_MS);
  await assertEveryRowOnce(page);
});

test('PostgreSQL', async () => {
  const page = await open();
  await postOne(stack, 'Before PostgreSQL ended');
  await stack.postgres.kill();
  await waitForState(page, 'The ledger does not answer: its database is away', NOTICE_TIMEOUT_MS);
  await stack.postgres.start();
  await waitUntil('the service to have its database again', () => stack.service.isReady(), NOTICE_TIMEOUT_MS);
  await waitForState(page, 'Live', NOTICE_TIMEOUT_MS);
  await assertEveryRowOnce(page);
});
