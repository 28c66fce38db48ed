import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { Gate } from '../e2e/gate.mjs';
import {
  LIVE_TIMEOUT_MS,
  balanceOf,
  closePages,
  launchBrowser,
  openSignedIn,
  rowsWith,
  sequencesOf,
  waitForBalance,
  waitForRow,
  waitForState,
} from './support/page.mjs';
import { edgeUrl, fund, postTransfer, unique, user1, user2 } from './support/stack.mjs';

let browser;
let gate;
before(async () => {
  browser = await launchBrowser();
  await fund(user1);
});
beforeEach(async () => {
  gate = await Gate.open({ host: edgeUrl.hostname, port: Number(edgeUrl.port || 80) });
});
afterEach(() => gate?.close());
afterEach(() => closePages(browser));
after(() => browser?.close());

/** Posts directly to the edge, without the page's gate. */
async function post(description) {
  const { sequence } = await postTransfer({ by: user1, from: user1.username, to: user2.username, amount: 1n, description });
  return Number(sequence);
}

async function assertShownOnce(page, posted) {
  for (const description of posted.keys()) await waitForRow(page, description);
  const shown = await sequencesOf(page);
  const expected = [...posted.values()].reverse();
  assert.deepEqual(shown.filter((sequence) => expected.includes(sequence)), expected, 'each once, newest first');
  assert.deepEqual(shown, [...new Set(shown)].sort((a, b) => b - a), 'no row twice, none out of order');
}

test('what was posted during an outage is there after it, every row once', async () => {
  const page = await openSignedIn(browser, user2, { url: new URL(gate.url) });
  const balance = await balanceOf(page);
  const posted = new Map();
  const record = async (description) => posted.set(description, await post(description));

  await record(unique('Before the outage'));
  await assertShownOnce(page, posted);

  gate.refuse();
  await waitForState(page, /Reconnecting in \d+ s/, LIVE_TIMEOUT_MS);
  const during = Array.from({ length: 5 }, (_, index) => unique(`During the outage ${index}`));
  for (const description of during) await record(description);
  for (const description of during) assert.equal(await rowsWith(page, description).count(), 0);

  gate.pass();
  await waitForState(page, 'Live', LIVE_TIMEOUT_MS);
  await record(unique('After the outage'));
  await assertShownOnce(page, posted);
  await waitForBalance(page, balance + BigInt(posted.size));
});

test('sockets cut again and again between transfers lose and repeat nothing', async () => {
  const page = await openSignedIn(browser, user2, { url: new URL(gate.url) });
  const balance = await balanceOf(page);
  const posted = new Map();
  for (let round = 0; round < 6; round += 1) {
    const descriptions = Array.from({ length: 3 }, (_, index) => unique(`Round ${round}.${index}`));
    for (const [index, description] of descriptions.entries()) {
      posted.set(description, await post(description));
      if (index === 1) gate.cut();
    }
    await waitForRow(page, descriptions[2]);
  }
  await waitForState(page, 'Live', LIVE_TIMEOUT_MS);
  await assertShownOnce(page, posted);
  await waitForBalance(page, balance + BigInt(posted.size));
});
