// See run.sh.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { FakedClock } from '../e2e/faked_clock.mjs';
import { repository } from '../e2e/processes.mjs';
import { pick, random, seed } from '../e2e/random.mjs';
import { Stack } from '../e2e/stack.mjs';
import { backOff, waitUntil } from '../e2e/waiting.mjs';
import { Faults } from './faults.mjs';
import { LedgerReader } from './reader.mjs';

const TRANSFERS = Number(process.argv[2]);
const REPLICAS = 3;
const LANES = 12;
const TRANSFERS_A_CALL = 250;
const PAYERS = 3;
const EMPLOYEES = 10_000;
const SHOPS = 5;
const ATTEMPT_TIMEOUT_MS = 15_000;
const END_TIMEOUT_MS = 120_000;
// Whatever else a call ends with is a defect.
const RETRY_CODES = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'RESOURCE_EXHAUSTED', 'CANCELLED', 'ABORTED', 'UNAUTHENTICATED']);
const RETRY_STATUS = { 1: 'CANCELLED', 4: 'DEADLINE_EXCEEDED', 8: 'RESOURCE_EXHAUSTED', 10: 'ABORTED', 14: 'UNAVAILABLE' };
const FAILED_PRECONDITION = 9;

let stack;
let token;
let posted = 0;

/** Three in four are wages; the others are spent, and may be refused for lack of money. */
function draw() {
  const employee = `employee-${random(EMPLOYEES)}`;
  const isWage = random(4) < 3;
  return {
    id: randomUUID(),
    fromAccount: isWage ? `payer-${random(PAYERS)}` : employee,
    toAccount: isWage ? employee : `shop-${random(SHOPS)}`,
    amount: String(1 + random(isWage ? 100 : 400)),
  };
}

/** Posts `requests`, again and again until each was answered for good; through any replica. */
async function settle(clients, requests, out) {
  let open = requests;
  while (open.length > 0) {
    let results;
    try {
      ({ results } = await pick(clients).call('submitTransactions', { requests: open }, { token, timeoutMs: ATTEMPT_TIMEOUT_MS }));
    } catch (error) {
      assert.ok(RETRY_CODES.has(error.code), `a call ended with ${error.code}: ${error.message}`);
      await backOff();
      continue;
    }
    const again = [];
    results.forEach(({ transaction, error }, index) => {
      const { id, fromAccount, toAccount, amount } = open[index];
      if (transaction) {
        out.acknowledged.write(`${id},${fromAccount},${toAccount},${amount},${transaction.sequence}\n`);
      } else if (error.code === FAILED_PRECONDITION) {
        out.refused.write(`${id}\n`);
      } else {
        assert.ok(RETRY_STATUS[error.code], `a transfer ended with ${error.code}: ${error.message}`);
        again.push(open[index]);
      }
    });
    posted += open.length - again.length;
    open = again;
    if (open.length > 0) await backOff();
  }
}

async function lane(clients, out) {
  while (lane.started < TRANSFERS) {
    const count = Math.min(TRANSFERS_A_CALL, TRANSFERS - lane.started);
    lane.started += count;
    const requests = Array.from({ length: count }, draw);
    // Some are asked for twice at the same time, under the same ids.
    const twice = random(10) === 0 ? [settle(clients, requests, { acknowledged: out.acknowledged, refused: out.maybe })] : [];
    await Promise.all([settle(clients, requests, out), ...twice]);
  }
}
lane.started = 0;

async function prepare() {
  stack = await Stack.start();
  const clock = new FakedClock(stack.folder, 0);
  for (let n = 0; n < REPLICAS; n += 1) {
    const service = await stack.addService(['--access-token-seconds=86400'], n === REPLICAS - 1 ? { env: clock.env } : {});
    await service.waitUntilReady();
  }
  await stack.makeAdmin();
  await stack.postgres.query(`INSERT INTO accounts (name, currency, minimum_balance)
    SELECT 'payer-' || n, 'PTS', NULL FROM generate_series(0, ${PAYERS - 1}) AS n UNION ALL
    SELECT 'employee-' || n, 'PTS', 0 FROM generate_series(0, ${EMPLOYEES - 1}) AS n UNION ALL
    SELECT 'shop-' || n, 'PTS', 0 FROM generate_series(0, ${SHOPS - 1}) AS n`);
  token = await stack.token('admin');
  return clock;
}

async function main() {
  console.log(`${TRANSFERS} transfers, seed ${seed}`);
  const clock = await prepare();
  const snapshot = stack.postgres.openSession();
  await snapshot.run('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM transactions');
  const file = (name) => createWriteStream(join(stack.folder, name));
  const out = { acknowledged: file('acknowledged.csv'), refused: file('refused.csv'), maybe: file('maybe.csv') };
  const readers = stack.services.map((service, index) => new LedgerReader(stack.client(service), token, file(`reader-${index}.csv`)));
  const clients = stack.services.map((service) => stack.client(service));
  const faults = new Faults(stack, clock);
  const started = Date.now();
  const report = setInterval(() => console.log(`${posted} settled after ${Math.round((Date.now() - started) / 1000)} s; ${faults.counts()}`), 10_000);
  const breaking = faults.run();
  await Promise.all(Array.from({ length: LANES }, () => lane(clients, out)));
  clearInterval(report);
  faults.stop();
  await breaking;
  const seconds = (Date.now() - started) / 1000;
  console.log(`${posted} settled in ${seconds.toFixed(0)} s, ${Math.round(posted / seconds)}/s; ${faults.counts()}`);
  const sessionEnded = await snapshot.run('COMMIT').then(() => 'held to the end', () => 'ended with PostgreSQL');
  console.log(`the snapshot was ${sessionEnded}`);

  const [[head]] = await stack.postgres.query('SELECT coalesce(max(sequence), 0) FROM transactions');
  await waitUntil('every reader to come to the head', () => readers.every(({ sequence }) => sequence === Number(head)), END_TIMEOUT_MS);
  await Promise.all(readers.map((reader) => reader.stop()));
  for (const stream of [...Object.values(out), ...readers.map(({ out: each }) => each)]) {
    stream.end();
    await once(stream, 'finish');
  }
  execFileSync('python3', [join(repository, 'tests/hammer/check.py'), stack.postgres.conninfo, stack.folder], { stdio: 'inherit' });
  await stack.stop();
}

await main();
process.exit(0);
