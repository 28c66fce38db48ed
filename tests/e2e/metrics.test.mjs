// Tests what both programs report to Prometheus after some work.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { transfer } from './asking.mjs';
import { Events } from './events.mjs';
import { checkExposition, checkMetrics, readMetrics } from './exposition.mjs';
import { get } from './http.mjs';
import { Socket } from './socket.mjs';
import { Stack } from './stack.mjs';
import { waitUntil } from './waiting.mjs';

const COUNTED_TIMEOUT_MS = 5_000;

let stack;

before(async () => {
  stack = await Stack.startWithAccounts(['ann', 'bob']);
});
after(() => stack?.stop());

// The metrics of each program that every dashboard needs first.
const NEEDED = {
  both: ['ledgercast_build_info', 'ledgercast_ready', 'process_start_time_seconds', 'process_cpu_seconds_total', 'process_resident_memory_bytes'],
  service: [
    'ledgercast_posted_transactions_total',
    'ledgercast_submit_refusals_total',
    'ledgercast_posting_batch_transactions',
    'ledgercast_posting_queue_transactions',
    'ledgercast_posting_stage_seconds',
    'ledgercast_tail_lag_seconds',
    'ledgercast_tail_behind_transactions',
    'ledgercast_watchers',
    'ledgercast_log_head_sequence',
    'ledgercast_log_base_sequence',
    'ledgercast_log_bytes',
    'ledgercast_database_connections',
    'ledgercast_queued_jobs',
    'ledgercast_rpc_duration_seconds',
    'ledgercast_rpcs_open',
  ],
  edge: [
    'ledgercast_edge_sockets',
    'ledgercast_edge_sent_bytes_total',
    'ledgercast_edge_upstream_connected',
    'ledgercast_edge_http_requests_total',
    'ledgercast_edge_http_request_duration_seconds',
    'ledgercast_edge_history_waiting',
    'ledgercast_edge_history_oldest_wait_seconds',
    'ledgercast_edge_connections_refused_total',
    'ledgercast_edge_commit_to_write_seconds',
    'ledgercast_edge_commit_to_ack_seconds',
    'ledgercast_edge_readers_by_lag',
  ],
};

for (const program of ['service', 'edge']) {
  test(`the ${program}'s metrics are what Prometheus reads, named by its conventions`, async () => {
    await get(stack.edge, '/v1/accounts/ann', { token: await stack.token('ann') });
    const found = await checkMetrics(stack[program]);
    for (const name of [...NEEDED.both, ...NEEDED[program]]) assert.ok(found.has(name), `${name} is missing`);
  });
}

const GOOD = '# HELP ledgercast_waits_seconds How long callers wait.\n# TYPE ledgercast_waits_seconds histogram\n'
  + 'ledgercast_waits_seconds_bucket{le="1"} 1\nledgercast_waits_seconds_bucket{le="+Inf"} 2\nledgercast_waits_seconds_sum 3\nledgercast_waits_seconds_count 2\n'
  + '# HELP ledgercast_calls_total Calls that have ended.\n# TYPE ledgercast_calls_total counter\nledgercast_calls_total{code="OK"} 1\n';

// The first ones are found by promtool, the others by this project's own checks.
const FAULTS = [
  ['a counter without its suffix', (text) => text.replaceAll('ledgercast_calls_total', 'ledgercast_calls'), /should have "_total" suffix/],
  ['a unit that is no base unit', (text) => text.replaceAll('waits_seconds', 'waits_milliseconds'), /use base unit "seconds"/],
  ['a metric without help', (text) => text.replace(/^# HELP ledgercast_calls.*\n/m, ''), /no help text/],
  ['a metric in two pieces', (text) => `${text}${text}`, /second HELP line/],
  ['a label that comes twice', (text) => text.replace('code="OK"', 'code="OK",code="NO"'), /duplicate label/],
  ['a last line without its end', (text) => text.trimEnd(), /unexpected end of input/],
  ['a sample that comes twice', (text) => `${text}ledgercast_calls_total{code="OK"} 1\n`, /has a sample twice/],
  ['a metric without samples', (text) => text.replace(/^ledgercast_calls_total.*\n/m, ''), /has no sample/],
  ['a histogram that does not grow', (text) => text.replace('le="1"} 1', 'le="1"} 5'), /does not grow/],
  ['a histogram that does not end with its count', (text) => text.replace('_count 2', '_count 3'), /does not end with all of it/],
  ['a negative counter', (text) => text.replace('"OK"} 1', '"OK"} -1'), /is negative/],
  ['a metric of another program', (text) => text.replaceAll('ledgercast_calls', 'other_calls'), /ledgercast\|process/],
  ['a percentage, where a ratio is usual', (text) => text.replaceAll('ledgercast_calls', 'ledgercast_percent'), /is no ratio/],
  ['a type that is not used here', (text) => text.replaceAll('ledgercast_calls_total', 'ledgercast_calls').replace(' counter', ' untyped'), /is a untyped/],
];

test('metrics that are as they should be pass', () => checkExposition(GOOD));

for (const [what, change, expected] of FAULTS) {
  test(`${what} is found`, async () => {
    const changed = change(GOOD);
    assert.notEqual(changed, GOOD);
    await assert.rejects(checkExposition(changed), expected);
  });
}

test('a process says when it started', async () => {
  const [{ value }] = (await readMetrics(stack.service)).get('process_start_time_seconds').samples;
  assert.ok(Math.abs(Date.now() / 1000 - value) < 600, `started at ${value}`);
});

/** Returns what `program` counted in the family `name`, by the only label of its samples. */
async function countsOf(program, name) {
  const { samples } = (await readMetrics(program)).get(name);
  return Object.fromEntries(samples.map(({ labels, value }) => [Object.values(labels)[0], value]));
}

const sentBytes = () => countsOf(stack.edge, 'ledgercast_edge_sent_bytes_total');

/** Calls `send`, which returns how many bytes a client received by `transport`. Waits until they are counted. */
async function expectCounted(transport, send) {
  const before = await sentBytes();
  const received = await send();
  assert.ok(received > 0, `nothing was received by ${transport}`);
  const grownBy = async () => (await sentBytes())[transport] - before[transport];
  // A client may have the bytes before the edge counts them.
  await waitUntil(`${received} bytes to be counted as ${transport}`, async () => (await grownBy()) >= received, COUNTED_TIMEOUT_MS);
}

const postOne = async () => stack.client().call('createTransaction', transfer(), { token: await stack.token('ann') });

test('the edge counts the bytes that it sends to a socket', async () => {
  const socket = await new Socket(stack.edge, { token: await stack.token('ann'), perMessageDeflate: false }).opened();
  let received = 0;
  socket.webSocket.on('message', (text) => (received += text.length));
  socket.send('watch', { after: 'now' });
  await socket.next('watching');
  // This frame is empty and says that the watch is live.
  await socket.next('transactions');
  await expectCounted('websocket', async () => {
    received = 0;
    await postOne();
    await socket.next('transactions');
    return received;
  });
  await socket.close();
});

test('the edge counts the bytes that it sends to an event stream, and in answers', async () => {
  const token = await stack.token('ann');
  const events = new Events(stack.edge, { token, after: 'now' });
  await events.next('watching');
  await expectCounted('events', async () => {
    await postOne();
    return JSON.stringify((await events.next('transactions')).data).length;
  });
  await events.close();
  await expectCounted('responses', async () => Number((await get(stack.edge, '/v1/accounts/ann', { token })).headers.get('content-length')));
});

test('a request that SubmitTransactions refuses is counted by its reason, though the call is OK', async () => {
  const refusals = () => countsOf(stack.service, 'ledgercast_submit_refusals_total');
  const before = await refusals();
  assert.ok('other' in before && 'TOO_BUSY' in before, `reasons: ${Object.keys(before)}`);
  const requests = [transfer({ amount: '1000000' }), transfer(), transfer({ toAccount: 'nobody' }), transfer({ toAccount: 'nobody' })];
  const { results } = await stack.client().call('submitTransactions', { requests }, { token: await stack.token('ann') });
  assert.deepEqual(results.map(({ error }) => Boolean(error)), [true, false, true, true]);
  assert.deepEqual(await refusals(), {
    ...before,
    INSUFFICIENT_FUNDS: before.INSUFFICIENT_FUNDS + 1,
    ACCOUNT_NOT_FOUND: before.ACCOUNT_NOT_FOUND + 2,
  });
});
