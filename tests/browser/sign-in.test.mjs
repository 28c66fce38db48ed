import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gate } from '../e2e/gate.mjs';
import {
  LIVE_TIMEOUT_MS,
  balanceOf,
  openPage,
  openSignedIn,
  signIn,
  waitForMessage,
  waitForRow,
  waitForState,
} from './support/page.mjs';
import { browser } from './support/shared_browser.mjs';
import { admin, edgeUrl, postTransfer, unique, user1, user2 } from './support/stack.mjs';

test('a wrong password says so, and the right one then works', async () => {
  const page = await openPage(browser);
  await signIn(page, { username: user1.username, password: 'certainly-not-this' });
  await waitForMessage(page, 'Wrong username or password');
  await waitForState(page, 'Signed out', LIVE_TIMEOUT_MS);
  await signIn(page, user1);
  await waitForState(page, 'Live', LIVE_TIMEOUT_MS);
});

test('a server that is away is told apart from a wrong password', async () => {
  const gate = await Gate.open({ host: edgeUrl.hostname, port: Number(edgeUrl.port || 80) });
  try {
    const page = await openPage(browser, { url: new URL(gate.url) });
    gate.refuse();
    await signIn(page, user1);
    await waitForMessage(page, 'The server cannot be reached');
    gate.pass();
    await page.getByTestId('sign-in').click();
    await waitForState(page, 'Live', LIVE_TIMEOUT_MS);
  } finally {
    await gate.close();
  }
});

test('signing in shows the list and the balance', async () => {
  const description = unique('Before signing in');
  await postTransfer({ by: admin, from: admin.username, to: user1.username, amount: 7n, description });
  const page = await openSignedIn(browser, user1);
  const row = await waitForRow(page, description);
  assert.match(await row.innerText(), /\+/, 'money that came in has a plus');
  assert.ok((await balanceOf(page)) >= 7n);
});

test('a member sees only its own transactions', async () => {
  const hidden = unique('Between others');
  const seen = unique('For user2');
  await postTransfer({ by: admin, from: admin.username, to: user1.username, amount: 1n, description: hidden });
  await postTransfer({ by: admin, from: admin.username, to: user2.username, amount: 1n, description: seen });
  const page = await openSignedIn(browser, user2);
  await waitForRow(page, seen);
  // The log is in order, so a page that shows the later transfer would also show the earlier one.
  assert.equal(await page.getByText(hidden).count(), 0);
});

test('a reload keeps the session, signing out ends it', async () => {
  const page = await openSignedIn(browser, user1);
  await page.reload();
  await waitForState(page, 'Live', LIVE_TIMEOUT_MS);
  await page.getByTestId('sign-out').click();
  await waitForState(page, 'Signed out', LIVE_TIMEOUT_MS);
  await page.reload();
  await page.getByTestId('username').waitFor();
  assert.equal(await page.getByTestId('transaction-row').count(), 0);
});
