// Tests the list: filters, pause, scrolling and keys, also while rows arrive and on a slow device.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Gate } from '../e2e/gate.mjs';
import { ADMIN, member, postOne, startStack, submitMany } from './support/own_stack.mjs';
import { closePages, launchBrowser, openPage, openSignedIn, rowsWith, sequencesOf, signIn, waitForRow, waitForState, LIVE_TIMEOUT_MS } from './support/page.mjs';

const MANY = 3_000;
const CATCH_UP_TIMEOUT_MS = 60_000;

let browser;
let stack;
before(async () => {
  [browser, stack] = await Promise.all([launchBrowser(), startStack()]);
  await submitMany(stack, MANY, 'One of many');
});
afterEach(() => closePages(browser));
after(() => Promise.all([browser?.close(), stack?.stop()]));

const open = (account, options) => openSignedIn(browser, account, { url: new URL(stack.edge.url), ...options });
const countOf = (page) => page.getByTestId('transaction-count').innerText();
const waitForCount = (page, text) => page.getByTestId('transaction-count').filter({ hasText: text }).waitFor({ timeout: CATCH_UP_TIMEOUT_MS });
const newestOf = (page) => page.locator('[aria-rowindex="2"][data-sequence]').getAttribute('data-sequence');

test('of thousands of rows only those in sight exist, and all can be scrolled to', async () => {
  const page = await open(ADMIN);
  await waitForCount(page, '3,0');
  assert.ok((await page.getByTestId('transaction-row').count()) < 60);
  const shown = await sequencesOf(page);
  assert.deepEqual(shown, Array.from({ length: shown.length }, (_, index) => shown.length - index));
  assert.ok(shown.length > MANY);
});

test('filters by text, account and amount, on rows that are there and rows that come', async () => {
  const page = await open(ADMIN);
  await waitForCount(page, '3,0');
  await page.getByTestId('filter-account').fill('user1');
  await waitForCount(page, /^\d{1,2} of/);
  const before = Number.parseInt(await countOf(page), 10);
  await postOne(stack, 'Comes through the filter');
  await submitMany(stack, 10, 'Does not');
  await waitForRow(page, 'Comes through the filter');
  await waitForCount(page, new RegExp(`^${before + 1} of 3,0`));
  assert.equal(await rowsWith(page, 'Does not').count(), 0);
  await page.getByTestId('filter-amount').fill('1000');
  await waitForCount(page, '1 of');
  await page.getByTestId('filter-text').fill('nothing has this');
  await page.getByText('Nothing matches this filter').waitFor();
  await page.getByTestId('filter-clear').click();
  await waitForCount(page, /^3,0\d\d in all/);
});

test('paused, it stands still and says how much is new; jumping shows it', async () => {
  const page = await open(ADMIN);
  const newest = await newestOf(page);
  await page.keyboard.press('p');
  const sequence = await postOne(stack, 'While it was paused');
  await page.getByTestId('jump').filter({ hasText: '1 new transaction' }).waitFor();
  assert.equal(await newestOf(page), newest);
  assert.equal(await rowsWith(page, 'While it was paused').count(), 0);
  await page.keyboard.press('l');
  await waitForRow(page, 'While it was paused');
  assert.equal(Number(await newestOf(page)), sequence);
});

test('scrolled away from the top, rows stay where they are read', async () => {
  const page = await open(ADMIN);
  await page.getByTestId('transaction-rows').evaluate((rows) => (rows.scrollTop = 2000));
  const inSight = () => page.getByTestId('transaction-rows').evaluate((rows) => {
    const top = rows.getBoundingClientRect().top + 100;
    const row = [...rows.querySelectorAll('[data-sequence]')].find((one) => one.getBoundingClientRect().bottom > top);
    return row?.dataset.sequence;
  });
  await page.waitForFunction(() => document.querySelector('[aria-rowindex="50"]') !== null);
  const before = await inSight();
  await submitMany(stack, 20, 'Above what is read');
  await page.getByTestId('jump').filter({ hasText: '20 new transactions' }).waitFor();
  assert.equal(await inSight(), before);
  await page.getByTestId('transaction-rows').evaluate((rows) => (rows.scrollTop = 0));
  await waitForRow(page, 'Above what is read');
});

test('everything can be reached by the keyboard alone', async () => {
  const page = await openPage(browser, { url: new URL(stack.edge.url) });
  const waitForFocus = (name) =>
    page.waitForFunction((name) => [document.activeElement.dataset.testid, document.activeElement.id].includes(name), name);
  await waitForFocus('username');
  await page.keyboard.type(member('user1').username);
  await page.keyboard.press('Tab');
  await page.keyboard.type(member('user1').password);
  await page.keyboard.press('Enter');
  await waitForState(page, 'Live', LIVE_TIMEOUT_MS);
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await waitForFocus('content');
  await page.keyboard.press('n');
  await waitForFocus('send-to');
  await page.keyboard.type('user2');
  await page.keyboard.press('Tab');
  await page.keyboard.type('1');
  await page.keyboard.press('Tab');
  await page.keyboard.type('By keys');
  await page.keyboard.press('Enter');
  await waitForRow(page, 'By keys');
  await page.getByTestId('transaction-rows').focus();
  await page.keyboard.press('/');
  await waitForFocus('filter-text');
});

test('a device that is ten times slower catches up with what rushes in', async () => {
  const page = await openPage(browser, { url: new URL(stack.edge.url) });
  await (await page.context().newCDPSession(page)).send('Emulation.setCPUThrottlingRate', { rate: 10 });
  await signIn(page, ADMIN);
  await waitForState(page, 'Live', CATCH_UP_TIMEOUT_MS);
  for (let round = 0; round < 5; round += 1) await submitMany(stack, 1000, 'Rushing in');
  const last = await postOne(stack, 'After the rush');
  await page.locator(`[data-sequence="${last}"]`).waitFor({ timeout: CATCH_UP_TIMEOUT_MS });
  await waitForState(page, 'Live', CATCH_UP_TIMEOUT_MS);
  assert.equal(Number(await newestOf(page)), last);
});

test('what it missed is counted while it catches up', async () => {
  const gate = await Gate.open({ host: '127.0.0.1', port: Number(new URL(stack.edge.url).port) });
  try {
    const page = await open(ADMIN, { url: new URL(gate.url) });
    gate.refuse();
    await waitForState(page, 'Reconnecting', LIVE_TIMEOUT_MS);
    await submitMany(stack, 2000, 'While it was away');
    const last = await postOne(stack, 'The last of these');
    gate.pass();
    gate.trickle(300_000);
    await waitForState(page, new RegExp(`Catching up from [\\d,]+ to ${last.toLocaleString('en')}`), LIVE_TIMEOUT_MS);
    gate.pass();
    await waitForState(page, 'Live', LIVE_TIMEOUT_MS);
    await waitForRow(page, 'The last of these');
  } finally {
    await gate.close();
  }
});

test('of a large ledger the newest are there at once, and older ones as they are scrolled to', async () => {
  for (let round = 0; round < 4; round += 1) await submitMany(stack, 5000, 'Makes it large');
  const last = await postOne(stack, 'The newest of a large ledger');
  const page = await open(ADMIN);
  await waitForRow(page, 'The newest of a large ledger');
  await waitForCount(page, 'Newest 1,000,');
  await page.getByTestId('transaction-rows').evaluate((rows) => (rows.scrollTop = rows.scrollHeight));
  await waitForCount(page, 'Newest 2,000,');
  // There is neither a gap nor a repeat between the two pages.
  await page.locator('[aria-rowindex="1001"]').waitFor();
  const places = await page.getByTestId('transaction-row').evaluateAll((rows) =>
    rows.map((row) => Number(row.dataset.sequence) + Number(row.getAttribute('aria-rowindex'))),
  );
  assert.deepEqual([...new Set(places)], [last + 2]);
  await page.getByTestId('jump').click();
  await page.getByTestId('prove').click();
  await page.getByText('transactions since this page opened are the server').waitFor();
});
