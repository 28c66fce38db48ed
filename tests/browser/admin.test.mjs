// Tests what admins see of all accounts, and the proof that the page's copy equals the server's.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { meddle } from './support/frames.mjs';
import { ROW_TIMEOUT_MS, openSignedIn } from './support/page.mjs';
import { browser } from './support/shared_browser.mjs';
import { admin, postTransfer, unique, user1, user2, user3 } from './support/stack.mjs';

const post = (amount) => postTransfer({ by: user1, from: user1.username, to: user3.username, amount, description: unique('Moves') });

async function openAccounts(page) {
  await page.getByTestId('view-accounts').click();
  await page.locator('[data-account="admin"]').filter({ hasText: 'management' }).waitFor();
}

test('all accounts with their balances, kept current by what is posted', async () => {
  const page = await openSignedIn(browser, admin);
  await openAccounts(page);
  const shown = (name) => page.locator(`[data-account="${name}"] [data-minor-units]`);
  const balanceOf = async (name) => BigInt(await shown(name).getAttribute('data-minor-units'));
  const [before1, before3] = [await balanceOf('user1'), await balanceOf('user3')];
  await post(7n);
  const now = page.locator(`[data-account="user3"] [data-minor-units="${before3 + 7n}"]`);
  await now.waitFor({ timeout: ROW_TIMEOUT_MS });
  assert.equal(await balanceOf('user1'), before1 - 7n);
  await page.getByTestId('account-search').fill('user3');
  await page.locator('[data-account="user1"]').waitFor({ state: 'detached' });
});

test('the biggest movers', async () => {
  const page = await openSignedIn(browser, admin);
  await openAccounts(page);
  const change = page.getByTestId('movers').locator('li').filter({ hasText: 'user3' });
  const before = (await change.count()) === 0 ? 0 : Number.parseInt((await change.innerText()).replace(/[^\d]*user3\D*/, '').replace(/,/g, ''), 10);
  await post(9n);
  await change.filter({ hasText: `+${(before + 9).toLocaleString('en')}` }).waitFor({ timeout: ROW_TIMEOUT_MS });
});

test('members have no such view', async () => {
  const page = await openSignedIn(browser, user2);
  assert.equal(await page.getByTestId('view-accounts').count(), 0);
  await page.goto(`${page.url().split('#')[0]}#/accounts`);
  await page.getByTestId('balance').waitFor();
  assert.equal(await page.locator('[data-account]').count(), 0);
});

const proofOf = async (page, kind) => {
  await page.getByTestId('prove').click();
  const result = page.locator(`[data-testid="proof-result"][data-kind="${kind}"]`);
  await result.waitFor();
  return result.innerText();
};

test('the proof counts every transaction, and again those that came since', async () => {
  const page = await openSignedIn(browser, user3);
  const count = async () => Number((await proofOf(page, 'proved')).replace(/[^\d]/g, ''));
  const before = await count();
  const { sequence } = await post(1n);
  await page.locator(`[data-sequence="${sequence}"]`).waitFor({ timeout: ROW_TIMEOUT_MS });
  assert.equal(await count(), before + 1);
});

test('a copy that was tampered with on its way is found out', async () => {
  const tamper = (frame) => {
    const first = frame.state === 'transactions' ? frame.data.transactions[0] : undefined;
    if (first) first.amount = String(BigInt(first.amount) + 1n);
    return frame;
  };
  const page = await openSignedIn(browser, user3, { prepare: (page) => meddle(page, { toPage: tamper }) });
  assert.match(await proofOf(page, 'differs'), /differs/);
});
