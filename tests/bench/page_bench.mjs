// The page under load, in a real browser against a real stack, all on this machine: frames and
// main-thread time at RATE transactions a second for SECONDS, memory while TOTAL transactions pass
// as fast as the stack takes them, how soon the first row is there after a load of that ledger, and
// what the page weighs.
//
//   node tests/bench/page_bench.mjs        after `npm ci` in tests/e2e and tests/browser; build/release and edge/ui/dist built

import { setInterval } from 'node:timers/promises';
import { launchBrowser, openPage, signIn, waitForState, LIVE_TIMEOUT_MS } from '../browser/support/page.mjs';
import { weigh } from '../browser/support/weight.mjs';
import { ADMIN, Stack } from '../e2e/stack.mjs';
import { quantile } from './latencies.mjs';

const number = (name, fallback) => Number(process.env[name] ?? fallback);
const rate = number('RATE', 1000);
const seconds = number('SECONDS', 20);
const total = number('TOTAL', 1_000_000);
/** How many times slower than this machine the device is. */
const slowdown = number('SLOWDOWN', 1);
const LOADS = 5;
const TICKS_A_SECOND = 20;
const BULK = 5_000;
const MEASURES = 10;
const ACCOUNTS = Array.from({ length: 50 }, (_, index) => `account-${index + 1}`);
const CATCH_UP_TIMEOUT_MS = 120_000;

const transferOf = (index) => ({
  fromAccount: ADMIN.username,
  toAccount: ACCOUNTS[index % ACCOUNTS.length],
  amount: String(1 + (index % 500)),
  description: `Transfer ${index} of the benchmark`,
});

/** How many were posted so far is the sequence of the newest. */
async function makePoster(stack) {
  const client = stack.client();
  let posted = ACCOUNTS.length;
  return {
    get posted() {
      return posted;
    },
    async submit(count) {
      const requests = Array.from({ length: count }, (_, index) => transferOf(posted + index));
      posted += count;
      await client.call('submitTransactions', { requests }, { token: await stack.token(ADMIN.username), timeoutMs: 60_000 });
    },
  };
}

const newestShown = (page, sequence) => page.locator(`[data-sequence="${sequence}"]`).waitFor({ timeout: CATCH_UP_TIMEOUT_MS });

async function metricsOf(devtools) {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
}

function countFrames() {
  window.frameTimes = [];
  window.longTasksMs = [];
  new PerformanceObserver((list) => window.longTasksMs.push(...list.getEntries().map(({ duration }) => duration))).observe({ entryTypes: ['longtask'] });
  const count = (time) => {
    window.frameTimes.push(time);
    requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
}

async function steady(page, devtools, poster) {
  await page.evaluate(countFrames);
  const before = await metricsOf(devtools);
  const startMs = performance.now();
  const answers = [];
  let ticks = 0;
  for await (const _ of setInterval(1000 / TICKS_A_SECOND)) {
    answers.push(poster.submit(rate / TICKS_A_SECOND));
    ticks += 1;
    if (ticks >= seconds * TICKS_A_SECOND) break;
  }
  await Promise.all(answers);
  const postedS = (performance.now() - startMs) / 1000;
  const after = await metricsOf(devtools);
  const { frames, longTasks } = await page.evaluate(() => ({ frames: window.frameTimes, longTasks: window.longTasksMs }));
  const tookS = (performance.now() - startMs) / 1000;
  const lastMs = performance.now();
  await newestShown(page, poster.posted);
  const intervals = frames.slice(1).map((time, index) => time - frames[index]);
  const share = (name) => `${((100 * (after[name] - before[name])) / tookS).toFixed(0)} %`;
  console.log(`${(rate * seconds) / postedS | 0} transactions/s for ${postedS.toFixed(1)} s:`);
  const framesASecond = ((1000 * intervals.length) / (frames.at(-1) - frames[0])).toFixed(1);
  console.log(`  frames: ${framesASecond} a second; between two p50 ${quantile(intervals, 0.5)} ms, p99 ${quantile(intervals, 0.99)} ms`);
  const parts = `script ${share('ScriptDuration')}, style ${share('RecalcStyleDuration')}, layout ${share('LayoutDuration')}`;
  console.log(`  main thread busy: ${share('TaskDuration')} (${parts})`);
  console.log(`  tasks above 50 ms: ${longTasks.length}, longest ${Math.max(0, ...longTasks).toFixed(0)} ms`);
  console.log(`  newest one shown ${(performance.now() - lastMs).toFixed(0)} ms after the last was posted`);
}

async function heapOf(devtools) {
  await devtools.send('HeapProfiler.collectGarbage');
  const { JSHeapUsedSize, Nodes } = await metricsOf(devtools);
  return `${(JSHeapUsedSize / 1e6).toFixed(1)} MB, ${Nodes} DOM nodes`;
}

async function memory(page, devtools, poster) {
  for (let measure = 1; measure <= MEASURES; measure += 1) {
    const wanted = Math.round((total * measure) / MEASURES);
    while (poster.posted < wanted) await poster.submit(Math.min(BULK, wanted - poster.posted));
    await newestShown(page, poster.posted);
    console.log(`  after ${poster.posted} transactions: ${await heapOf(devtools)}`);
  }
}

async function firstRow(page) {
  await page.addInitScript(() => {
    new MutationObserver((_changes, observer) => {
      if (document.querySelector('[data-sequence]') === null) return;
      observer.disconnect();
      requestAnimationFrame(() => (window.firstRowMs = performance.now()));
    }).observe(document, { childList: true, subtree: true });
  });
  const times = [];
  for (let load = 0; load < LOADS; load += 1) {
    await page.reload();
    const handle = await page.waitForFunction(() => window.firstRowMs, undefined, { timeout: LIVE_TIMEOUT_MS });
    times.push(await handle.jsonValue());
  }
  console.log(`first row after a load, ledger of ${total}, signed in: p50 ${quantile(times, 0.5)} ms, most ${quantile(times, 1)} ms`);
}

const stack = await Stack.startWithAccounts(ACCOUNTS, { points: 1000 });
const browser = await launchBrowser();
try {
  let weighed;
  const page = await openPage(browser, { url: new URL(stack.edge.url), prepare: (page) => void (weighed = weigh(page)) });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
  await signIn(page, ADMIN);
  await waitForState(page, 'Live', LIVE_TIMEOUT_MS);
  await page.locator('.uplot').first().waitFor();
  const { parts, bytes } = await weighed();
  const fontBytes = parts.filter(({ path }) => path.endsWith('.woff2')).reduce((sum, part) => sum + part.bytes, 0);
  console.log(`weight, gzip: ${bytes} bytes with fonts, ${bytes - fontBytes} without`);
  const poster = await makePoster(stack);
  await steady(page, devtools, poster);
  console.log(`memory, after garbage collection (at first ${await heapOf(devtools)}):`);
  await memory(page, devtools, poster);
  await firstRow(page);
} finally {
  await browser.close();
  await stack.stop();
}
