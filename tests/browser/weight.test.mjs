// Tests the page's size: everything that a browser fetches from the edge until the first row and curve are drawn,
// with fonts.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchBrowser, openPage, signIn, waitForState, LIVE_TIMEOUT_MS } from './support/page.mjs';
import { edgeUrl, user1 } from './support/stack.mjs';
import { weigh } from './support/weight.mjs';

const BUDGET_BYTES = 150_000;

let browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

test('the page weighs less than 150 kB, fonts and charts included', async (context) => {
  let weighed;
  const foreign = [];
  const prepare = (page) => {
    weighed = weigh(page);
    page.on('request', (request) => {
      if (new URL(request.url()).host !== edgeUrl.host) foreign.push(request.url());
    });
  };
  const page = await openPage(browser, { prepare });
  await signIn(page, user1);
  await waitForState(page, 'Live', LIVE_TIMEOUT_MS);
  await page.getByTestId('transaction-row').first().waitFor();
  await page.locator('.uplot').first().waitFor();
  await page.evaluate(() => document.fonts.ready);
  const { parts, bytes } = await weighed();
  for (const part of parts) context.diagnostic(`${part.path}: ${part.bytes}`);
  context.diagnostic(`in all: ${bytes}`);
  assert.deepEqual(foreign, [], 'nothing comes from elsewhere');
  assert.ok(parts.length >= 5);
  assert.ok(bytes < BUDGET_BYTES, `${bytes} bytes`);
});
