// Starts the browser, and uses the page as people do.

import { chromium } from 'playwright-core';

/** Longest time from signing in, or from the end of an outage, to "Live". It includes one or two backoffs. */
export const LIVE_TIMEOUT_MS = 45_000;
/** Longest time from a commit to every browser that may see it. */
export const ROW_TIMEOUT_MS = 10_000;
/** Longest time from a click to the page's answer. */
export const ANSWER_TIMEOUT_MS = 10_000;

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launchBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', headless: true, args: FLAGS });
}

/** Closes all pages, so that pages of one test do not slow down the next. */
export async function closePages(browser) {
  await Promise.all(browser.contexts().map((context) => context.close()));
}

/** Opens the page in a new browser profile. `prepare` gets it before anything is loaded. */
export async function openPage(browser, { url = new URL(process.env.LEDGERCAST_URL), prepare = () => undefined, ...options } = {}) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await prepare(page);
  await page.goto(url.href);
  return page;
}

export async function openSignedIn(browser, account, options) {
  const page = await openPage(browser, options);
  await signIn(page, account);
  await waitForState(page, 'Live', LIVE_TIMEOUT_MS);
  return page;
}

export async function signIn(page, { username, password }) {
  await page.getByTestId('username').fill(username);
  await page.getByTestId('password').fill(password);
  await page.getByTestId('sign-in').click();
}

export function waitForState(page, state, timeoutMs) {
  const shown = page.getByTestId('connection-state').filter({ hasText: state });
  return waitFor(shown, `connection state ${state}`, timeoutMs);
}

export async function waitForMessage(page, text) {
  const message = page.getByTestId('form-message').filter({ hasText: text });
  await waitFor(message, `form message ${text}`, ANSWER_TIMEOUT_MS);
  return message;
}

export function rowsWith(page, description) {
  return page.getByTestId('transaction-row').filter({ hasText: description });
}

export async function waitForRow(page, description) {
  const row = rowsWith(page, description).first();
  await waitFor(row, `row "${description}"`, ROW_TIMEOUT_MS);
  return row;
}

export async function fillTransfer(page, { to, amount, description }) {
  await page.getByTestId('send-to').fill(to);
  await page.getByTestId('send-amount').fill(String(amount));
  await page.getByTestId('send-description').fill(description);
}

export async function sendTransfer(page, transfer) {
  await fillTransfer(page, transfer);
  await page.getByTestId('send-submit').click();
  await waitForMessage(page, /^Sent /);
}

/** Returns the balance in minor units. */
export async function balanceOf(page) {
  return BigInt(await page.getByTestId('balance').getAttribute('data-minor-units'));
}

export function waitForBalance(page, minorUnits) {
  const shown = page.locator(`[data-testid="balance"][data-minor-units="${minorUnits}"]`);
  return waitFor(shown, `balance ${minorUnits}`, ROW_TIMEOUT_MS);
}

/** Returns all rows of the list as it shows them when it is scrolled, newest first. */
export async function sequencesOf(page) {
  await page.getByTestId('pause').click();
  const sequences = await page.getByTestId('transaction-rows').evaluate(async (scroller) => {
    const found = new Map();
    const frame = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    for (let top = 0; ; top += scroller.clientHeight) {
      scroller.scrollTop = top;
      await frame();
      for (const row of scroller.querySelectorAll('[data-sequence]')) {
        const place = Number(row.getAttribute('aria-rowindex'));
        found.set(place, Number(row.dataset.sequence));
      }
      if (top + scroller.clientHeight >= scroller.scrollHeight) break;
    }
    return [...found].sort(([a], [b]) => a - b).map(([, sequence]) => sequence);
  });
  await page.getByTestId('pause').click();
  return sequences;
}

async function waitFor(locator, what, timeoutMs) {
  try {
    await locator.waitFor({ state: 'visible', timeout: timeoutMs });
  } catch (cause) {
    const body = await locator.page().locator('body').innerText().catch(() => '(page gone)');
    throw new Error(`no ${what} within ${timeoutMs} ms; the page shows:\n${body.slice(0, 1500)}`, { cause });
  }
}
