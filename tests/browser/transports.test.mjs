// Tests networks that let no WebSocket through. Events are used then, and polls if events are held back too. The page
// says which way it uses.

import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { Proxy } from '../e2e/proxy.mjs';
import { LIVE_TIMEOUT_MS, closePages, launchBrowser, openSignedIn, sendTransfer, sequencesOf, waitForRow, waitForState } from './support/page.mjs';
import { edgeUrl, fund, postTransfer, unique, user1, user2 } from './support/stack.mjs';

let browser;
let proxy;
before(async () => {
  browser = await launchBrowser();
  await fund(user1);
});
afterEach(() => closePages(browser));
afterEach(() => proxy?.close());
after(() => browser?.close());

for (const [transport, options] of [
  ['event stream', { letsSocketsThrough: false }],
  ['long poll', { letsSocketsThrough: false, holdsAnswers: true }],
]) {
  test(`${transport}: live, able to send, every row once`, async () => {
    proxy = Object.assign(await Proxy.open(edgeUrl), options);
    const page = await openSignedIn(browser, user1, { url: new URL(proxy.url) });
    await page.locator('.station').filter({ hasText: transport }).waitFor();
    const descriptions = Array.from({ length: 5 }, () => unique(`By ${transport}`));
    for (const description of descriptions) {
      await postTransfer({ by: user1, from: user1.username, to: user2.username, amount: 1n, description });
    }
    for (const description of descriptions) await waitForRow(page, description);
    const description = unique(`Sent by ${transport}`);
    await sendTransfer(page, { to: user2.username, amount: 1, description });
    await waitForRow(page, description);
    const shown = await sequencesOf(page);
    assert.deepEqual(shown, [...new Set(shown)].sort((a, b) => b - a));
    await waitForState(page, 'Live', LIVE_TIMEOUT_MS);
  });
}
