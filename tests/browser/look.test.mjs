// How the page looks, for people to look at, and what must hold for its looks by
// machine: nothing wider than the screen, and every control has a name.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import {
  closePages,
  fillTransfer,
  launchBrowser,
  openPage,
  openSignedIn,
  sendTransfer,
  signIn,
  waitForMessage,
  waitForRow,
} from './support/page.mjs';
import { admin, fund, unique, user1, user2 } from './support/stack.mjs';

const screens = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 800 } },
};
const directory = process.env.LEDGERCAST_SCREENSHOT_DIR;

let browser;
before(async () => {
  browser = await launchBrowser();
  await fund(user1);
  if (directory) mkdirSync(directory, { recursive: true });
});
afterEach(() => closePages(browser));
after(() => browser?.close());

async function look(page, name) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(overflow, 0, `${name}: wider than the screen by ${overflow} px`);
  assert.deepEqual(await unnamedControls(page), [], `${name}: controls without a name`);
  if (directory) await page.screenshot({ path: join(directory, `${name}.png`) });
}

function unnamedControls(page) {
  return page.locator('input, button').evaluateAll((controls) =>
    controls.filter((control) => !(control.textContent.trim() || control.labels?.length)).map((control) => control.outerHTML),
  );
}

for (const [screen, size] of Object.entries(screens)) {
  for (const colorScheme of ['light', 'dark']) {
    const options = { ...size, colorScheme };
    const named = (what) => `${what}-${screen}-${colorScheme}`;

    test(`the page on a ${colorScheme} ${screen}`, async () => {
      const entrance = await openPage(browser, options);
      await look(entrance, named('sign-in'));
      await signIn(entrance, { username: user1.username, password: 'certainly-not-this' });
      await waitForMessage(entrance, 'Wrong username or password');
      await look(entrance, named('sign-in-refused'));

      const member = await openSignedIn(browser, user1, options);
      const description = unique('Lunch for the team, with a description that does not fit on one line of a phone');
      await sendTransfer(member, { to: user2.username, amount: 4, description });
      await waitForRow(member, description);
      await look(member, named('member'));
      await fillTransfer(member, { to: user2.username, amount: '9000000000000', description: 'A yacht' });
      await member.getByTestId('send-submit').click();
      await waitForMessage(member, 'Insufficient funds');
      await look(member, named('member-refused'));

      await look(await openSignedIn(browser, admin, options), named('admin'));
    });
  }
}
