// Tests a laptop that sleeps: the page stands still, and its token expires meanwhile.

import { after, afterEach, before, test } from 'node:test';
import { get } from '../e2e/http.mjs';
import { waitUntil } from '../e2e/waiting.mjs';
import { member, postOne, startStack } from './support/own_stack.mjs';
import { LIVE_TIMEOUT_MS, closePages, launchBrowser, openSignedIn, sendTransfer, waitForRow, waitForState } from './support/page.mjs';

const TOKEN_SECONDS = 5;
const EXPIRY_TIMEOUT_MS = 30_000;

let browser;
let stack;
before(async () => {
  const serviceFlags = ['--access-token-seconds', String(TOKEN_SECONDS)];
  [browser, stack] = await Promise.all([launchBrowser(), startStack({ serviceFlags })]);
});
afterEach(() => closePages(browser));
after(() => Promise.all([browser?.close(), stack?.stop()]));

test('a token that ends while the page sleeps is renewed when it wakes', async () => {
  const page = await openSignedIn(browser, member('user1'), { url: new URL(stack.edge.url) });
  const { accessToken } = await page.evaluate(() => JSON.parse(sessionStorage.getItem('ledgercast.session')));
  const browserSide = await page.context().newCDPSession(page);
  await browserSide.send('Page.setWebLifecycleState', { state: 'frozen' });
  const hasEnded = async () => (await get(stack.edge, '/v1/accounts/user1', { token: accessToken })).status === 401;
  await waitUntil('the token to end', hasEnded, EXPIRY_TIMEOUT_MS);
  stack.tokens.clear();
  await postOne(stack, 'While it slept');
  await browserSide.send('Page.setWebLifecycleState', { state: 'active' });
  await waitForRow(page, 'While it slept');
  await waitForState(page, 'Live', LIVE_TIMEOUT_MS);
  await sendTransfer(page, { to: 'user2', amount: 1, description: 'Awake' });
  await waitForRow(page, 'Awake');
});
