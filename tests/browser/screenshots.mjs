// Makes the screenshots of screenshots.sh.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { ADMIN, passwordOf, Stack } from '../e2e/stack.mjs';
import { Gate } from '../e2e/gate.mjs';
import { post } from '../e2e/http.mjs';
import { pick, random, shuffle } from '../e2e/random.mjs';
import { LIVE_TIMEOUT_MS, fillTransfer, launchBrowser, openPage, openSignedIn, signIn, waitForMessage, waitForState } from './support/page.mjs';

const SCREENS = {
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 800 } },
};
const ACCOUNTS = [
  ...['canteen', 'library', 'bike-shop', 'print-room', 'garden', 'workshop'],
  ...['archive', 'music-school', 'boat-house', 'observatory'],
];
const PURPOSES = [
  ...['Lunch', 'Poster, 40 copies', 'Inner tube and labour', 'Late fee', 'Seedlings for the terrace'],
  ...['Two hours at the lathe', 'Room for the evening', 'Strings', 'Varnish', 'Telescope time', ''],
];
const POINTS = 1500;
const AMOUNT_MAX = 600;
/** Time for posting before the first picture, so that there is something to see. */
const HISTORY_MS = 25_000;
const MEMBER = 'canteen';

const [directory] = process.argv.slice(2);
mkdirSync(directory, { recursive: true });
const fraction = () => random(1000) / 1000;

async function postOne(stack, token) {
  const [fromAccount, toAccount] = shuffle(ACCOUNTS);
  const amount = String(1 + Math.floor(fraction() ** 2 * AMOUNT_MAX));
  const { status } = await post(stack.edge, '/v1/transactions', { fromAccount, toAccount, amount, description: pick(PURPOSES) }, { token });
  // An account may have too little money, which is answered with 400.
  if (status !== 201 && status !== 400) throw new Error(`posting answered ${status}`);
}

/** Posts until it is stopped, at changing rates, so that the live views look alive. */
function keepPosting(stack) {
  const begunMs = Date.now();
  let isOver = false;
  const posting = (async () => {
    const token = await stack.token(ADMIN.username);
    while (!isOver) {
      await postOne(stack, token);
      await pause(70 + 55 * Math.sin((Date.now() - begunMs) / 4000));
    }
  })();
  return () => {
    isOver = true;
    return posting;
  };
}

async function take(page, name) {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(directory, `${name}.png`) });
}

async function takeAll(browser, url, options, named) {
  const entrance = await openPage(browser, { ...options, url });
  await take(entrance, named('sign-in'));
  await signIn(entrance, { username: MEMBER, password: 'certainly-not-this' });
  await waitForMessage(entrance, 'Wrong username or password');
  await take(entrance, named('sign-in-refused'));
  await entrance.context().close();

  const member = await openSignedIn(browser, { username: MEMBER, password: passwordOf(MEMBER) }, { ...options, url });
  await member.locator('.uplot').first().waitFor();
  await member.getByTestId('prove').click();
  await member.locator('[data-testid="proof-result"][data-kind="proved"]').waitFor();
  await take(member, named('member'));
  await fillTransfer(member, { to: 'library', amount: '9000000', description: 'A planetarium' });
  await member.getByTestId('send-submit').click();
  await waitForMessage(member, 'Insufficient funds');
  await take(member, named('member-refused'));
  await member.context().close();

  const admin = await openSignedIn(browser, ADMIN, { ...options, url });
  await admin.locator('.uplot').first().waitFor();
  await take(admin, named('admin'));
  await admin.getByTestId('view-activity').click();
  await admin.locator('.activity .uplot').nth(2).waitFor();
  await take(admin, named('activity'));
  await admin.getByTestId('view-accounts').click();
  await admin.locator('[data-account="admin"]').filter({ hasText: 'management' }).waitFor();
  await take(admin, named('accounts'));
  await admin.getByTestId('view-live').click();
  await admin.getByTestId('filter-text').fill('lunch');
  await admin.getByTestId('pause').click();
  await admin.getByTestId('jump').waitFor();
  await admin.locator('.list').first().evaluate((list) => list.scrollIntoView());
  await take(admin, named('admin-paused'));
  await admin.context().close();

  const gate = await Gate.open({ host: url.hostname, port: Number(url.port) });
  const cut = await openSignedIn(browser, { username: MEMBER, password: passwordOf(MEMBER) }, { ...options, url: new URL(gate.url) });
  gate.refuse();
  await waitForState(cut, /Reconnecting in [2-9]/, LIVE_TIMEOUT_MS);
  await take(cut, named('member-reconnecting'));
  await cut.context().close();
  await gate.close();
}

const stack = await Stack.startWithAccounts(ACCOUNTS, { points: POINTS });
const browser = await launchBrowser();
try {
  const stopPosting = keepPosting(stack);
  await pause(HISTORY_MS);
  for (const [screen, size] of Object.entries(SCREENS)) {
    for (const colorScheme of ['light', 'dark']) {
      await takeAll(browser, new URL(stack.edge.url), { ...size, colorScheme }, (what) => `${what}-${screen}-${colorScheme}`);
    }
  }
  await stopPosting();
} finally {
  await browser.close();
  await stack.stop();
}
