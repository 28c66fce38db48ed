// The browser of a test file, which importing this launches before the file's first test and closes after its last.
// Pages do not outlive their test. The account user1 can pay.

import { after, afterEach, before } from 'node:test';
import { closePages, launchBrowser } from './page.mjs';
import { fund, user1 } from './stack.mjs';

export let browser;

before(async () => {
  browser = await launchBrowser();
  await fund(user1);
});
afterEach(() => closePages(browser));
after(() => browser?.close());
