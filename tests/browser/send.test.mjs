import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ROW_TIMEOUT_MS,
  balanceOf,
  fillTransfer,
  openSignedIn,
  rowsWith,
  sendTransfer,
  waitForMessage,
  waitForRow,
} from './support/page.mjs';
import { browser } from './support/shared_browser.mjs';
import { meddle, recordIds } from './support/frames.mjs';
import { admin, unique, user1, user2, user3 } from './support/stack.mjs';

// Drops the first frame of `state` and lets later ones pass.
const dropFirst = (state) => {
  let isDropped = false;
  return (frame) => {
    if (isDropped || frame.state !== state) return frame;
    isDropped = true;
    return null;
  };
};

async function openRecorded() {
  let ids;
  const page = await openSignedIn(browser, user1, { prepare: (page) => void (ids = recordIds(page)) });
  return { page, ids };
}

/** Posts a marker and waits for it. Everything posted earlier is shown before it, so what is missing then was never posted. */
async function sendMarker(page) {
  const description = unique('Marker');
  await sendTransfer(page, { to: user2.username, amount: 1, description });
  await waitForRow(page, description);
}

test('a transfer reaches its receiver and the admin at once, and nobody else', async () => {
  const [sender, receiver, everything, stranger] = await Promise.all(
    [user1, user2, admin, user3].map((account) => openSignedIn(browser, account)),
  );
  const [before1, before2] = [await balanceOf(sender), await balanceOf(receiver)];
  const description = unique('Lunch');
  await sendTransfer(sender, { to: user2.username, amount: 3, description });
  const rows = await Promise.all([sender, receiver, everything].map((page) => waitForRow(page, description)));
  const sequences = await Promise.all(rows.map((row) => row.getAttribute('data-sequence')));
  assert.equal(new Set(sequences).size, 1, 'one place in the ledger, the same for everyone');

  const [change1, change2] = [await changeSince(sender, before1), await changeSince(receiver, before2)];
  assert.ok(change1 < 0n, `the sender's balance changed by ${change1}`);
  assert.equal(change2, -change1);
  const [, received, overseen] = await Promise.all(rows.map((row) => row.innerText()));
  assert.match(received, /\+3/);
  assert.match(overseen, /user1[\s\S]*user2/);

  const forStranger = unique('For user3');
  await sendTransfer(sender, { to: user3.username, amount: 1, description: forStranger });
  await waitForRow(stranger, forStranger);
  assert.equal(await stranger.getByText(description).count(), 0);
});

async function changeSince(page, balanceBefore) {
  await page.waitForFunction(
    (before) => document.querySelector('[data-testid="balance"]')?.dataset.minorUnits !== before,
    balanceBefore.toString(),
    { timeout: ROW_TIMEOUT_MS },
  );
  return (await balanceOf(page)) - balanceBefore;
}

test('more than there is says so and posts nothing', async () => {
  const page = await openSignedIn(browser, user1);
  const before = await balanceOf(page);
  const description = unique('Too much');
  await fillTransfer(page, { to: user2.username, amount: '9000000000000', description });
  await page.getByTestId('send-submit').click();
  await waitForMessage(page, /Insufficient funds.*Nothing was sent/);
  assert.equal(await balanceOf(page), before);
  await sendMarker(page);
  assert.equal(await rowsWith(page, description).count(), 0);
});

test('an unknown receiver says so', async () => {
  const page = await openSignedIn(browser, user1);
  await fillTransfer(page, { to: 'nobody-of-this-name', amount: 1, description: '' });
  await page.getByTestId('send-submit').click();
  await waitForMessage(page, /no account named “nobody-of-this-name”/);
});

test('what cannot be right is refused before it travels', async () => {
  const { page, ids } = await openRecorded();
  const cases = [
    { to: '', amount: '1', message: 'Enter an account name' },
    { to: 'Not A Name', amount: '1', message: 'Account names' },
    { to: user1.username, amount: '1', message: 'same account' },
    { to: user2.username, amount: '0', message: 'above zero' },
    { to: user2.username, amount: '-1', message: 'plain number' },
    { to: user2.username, amount: '1,000', message: 'plain number' },
  ];
  for (const { message, ...transfer } of cases) {
    await fillTransfer(page, { ...transfer, description: '' });
    await page.getByTestId('send-submit').click();
    await waitForMessage(page, message);
  }
  assert.deepEqual(ids, []);
});

test('while it is typed the form says what is wrong and what an amount leaves', async () => {
  const page = await openSignedIn(browser, user1);
  const balance = await balanceOf(page);
  const form = page.getByRole('region', { name: 'Send points' });
  await page.getByTestId('send-amount').fill('3');
  await form.getByText(`Leaves ${(balance - 3n).toLocaleString('en')} PTS`).waitFor();
  await page.getByTestId('send-amount').fill(String(balance + 1n));
  await form.getByText('More than the balance').waitFor();
  await page.getByTestId('send-to').fill('Not A Name');
  await page.getByTestId('send-description').focus();
  await form.getByText('Account names have only').waitFor();
  assert.equal(await page.getByTestId('send-to').getAttribute('aria-invalid'), 'true');
});

test('a double click posts once', async () => {
  const { page, ids } = await openRecorded();
  const description = unique('Double click');
  await fillTransfer(page, { to: user2.username, amount: 2, description });
  await page.getByTestId('send-submit').dblclick();
  await waitForMessage(page, /^Sent /);
  assert.equal(ids.length, 1);
  await sendMarker(page);
  assert.equal(await rowsWith(page, description).count(), 1);
});

test('a request that got lost is sent again under the same id', async () => {
  const ids = [];
  const drop = dropFirst('createTransaction');
  const toEdge = (frame) => {
    if (frame.state === 'createTransaction') ids.push(frame.data.id);
    return drop(frame);
  };
  const page = await openSignedIn(browser, user1, { prepare: (page) => meddle(page, { toEdge }) });
  const description = unique('Lost request');
  await fillTransfer(page, { to: user2.username, amount: 2, description });
  await page.getByTestId('send-submit').click();
  await waitForMessage(page, 'Trying again is safe');
  await page.getByTestId('send-submit').filter({ hasText: 'Try again' }).click();
  await waitForMessage(page, /^Sent /);
  assert.equal(ids.length, 2);
  assert.equal(ids[0], ids[1]);
  await waitForRow(page, description);
  await sendMarker(page);
  assert.equal(await rowsWith(page, description).count(), 1);
  assert.notEqual(ids[2], ids[0], 'the next submission has an id of its own');
});

test('an answer that got lost is made up for by the live list', async () => {
  const prepare = (page) => meddle(page, { toPage: dropFirst('transactionCreated') });
  const page = await openSignedIn(browser, user1, { prepare });
  const description = unique('Lost answer');
  await fillTransfer(page, { to: user2.username, amount: 2, description });
  await page.getByTestId('send-submit').click();
  await waitForMessage(page, /^Sent /);
  assert.equal(await rowsWith(page, description).count(), 1);
});
