// Measures what a transfer costs the service and PostgreSQL, with one transfer per call and in bulk.

import { drawTransfer, during, makeStack, round, say, SECONDS } from './setup.mjs';

/** Posts with so many `callers` at once. `postNext` posts once and answers how many transfers that were. */
async function postFor(seconds, callers, postNext) {
  let posted = 0;
  const end = performance.now() + seconds * 1000;
  const lane = async () => {
    while (performance.now() < end) {
      const count = await postNext();
      posted += count;
    }
  };
  await Promise.all(Array.from({ length: callers }, lane));
  return posted;
}

function postSingly(setup, callers, seconds) {
  const { client, token } = setup;
  return postFor(seconds, callers, async () => {
    await client.call('createTransaction', drawTransfer(setup), { token });
    return 1;
  });
}

function postInBulk(setup, callers, seconds) {
  const { client, token } = setup;
  return postFor(seconds, callers, async () => {
    const requests = Array.from({ length: 2_000 }, () => drawTransfer(setup));
    await client.call('submitTransactions', { requests }, { token });
    return requests.length;
  });
}

export async function measurePosting() {
  const setup = await makeStack(10_000);
  const { postgres } = setup.stack;
  const size = async () => Number((await postgres.query("SELECT pg_total_relation_size('transactions')"))[0][0]);
  const wal = async () => Number((await postgres.query("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"))[0][0]);
  await postInBulk(setup, 3, SECONDS / 2);
  const ways = [
    ['singly', 1, postSingly], ['singly', 64, postSingly], ['singly', 512, postSingly], ['bulk', 3, postInBulk],
  ];
  for (const [way, callers, post] of ways) {
    const [sizeBefore, walBefore] = [await size(), await wal()];
    const began = performance.now();
    const { count, serviceUs, postgresUs } = await during(setup, () => post(setup, callers, SECONDS));
    const seconds = (performance.now() - began) / 1000;
    say({
      part: 'posting', way, callers, transfersASecond: round(count / seconds, 0), serviceCpuUs: round(serviceUs),
      postgresCpuUs: round(postgresUs), tableBytes: round(((await size()) - sizeBefore) / count, 0),
      walBytes: round(((await wal()) - walBefore) / count, 0),
    });
  }
  await setup.stack.stop();
}
