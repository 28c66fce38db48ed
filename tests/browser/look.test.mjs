// Tests the looks of every view automatically: nothing is wider than the screen, and axe finds nothing wrong (names,
// contrast, roles, focus). screenshots.sh makes pictures for people.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import axeCore from 'axe-core';
import {
  fillTransfer,
  openPage,
  openSignedIn,
  sendTransfer,
  signIn,
  waitForMessage,
  waitForRow,
} from './support/page.mjs';
import { browser } from './support/shared_browser.mjs';
import { admin, unique, user1, user2 } from './support/stack.mjs';

const screens = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 800 } },
};

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function look(page, name) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.equal(overflow, 0, `${name}: wider than the screen by ${overflow} px`);
  assert.deepEqual(await axe(page), [], name);
}

/** Returns what axe finds, in short. It waits for animations, because new rows have another colour for a moment. */
async function axe(page) {
  await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined))));
  // A script element is not possible, because the page's policy forbids it.
  await page.evaluate(axeCore.source);
  const violations = await page.evaluate((values) => window.axe.run({ runOnly: { type: 'tag', values } }).then((found) => found.violations), TAGS);
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html, any }) => `${html} ${any.map(({ message }) => message).join(' ')}`).join('\n')}`);
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

      await member.getByTestId('view-activity').click();
      await member.locator('.activity .uplot').nth(2).waitFor();
      await look(member, named('activity'));

      const overseer = await openSignedIn(browser, admin, options);
      await overseer.getByTestId('prove').click();
      await overseer.locator('[data-testid="proof-result"][data-kind="proved"]').waitFor();
      await overseer.getByTestId('filter-text').fill('Lunch');
      await overseer.getByTestId('pause').click();
      await look(overseer, named('admin'));
      await overseer.keyboard.press('?');
      await overseer.getByRole('dialog').waitFor();
      await look(overseer, named('help'));
      await overseer.keyboard.press('Escape');
      await overseer.getByTestId('view-accounts').click();
      await overseer.locator('[data-account="user1"]').waitFor();
      await look(overseer, named('accounts'));
    });
  }
}
