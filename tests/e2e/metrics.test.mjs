// What both programs tell Prometheus, after some work.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { checkConventions, readMetrics } from './exposition.mjs';
import { get } from './http.mjs';
import { Stack } from './stack.mjs';

let stack;

before(async () => {
  stack = await Stack.startWithAccounts(['ann', 'bob']);
});
after(() => stack?.stop());

// What every dashboard needs first, of each program.
const NEEDED = {
  both: ['ledgercast_build_info', 'ledgercast_ready', 'process_start_time_seconds', 'process_cpu_seconds_total', 'process_resident_memory_bytes'],
  service: [
    'ledgercast_posted_transactions_total',
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
    const found = await readMetrics(stack[program]);
    checkConventions(found);
    for (const name of [...NEEDED.both, ...NEEDED[program]]) assert.ok(found.has(name), `${name} is missing`);
  });
}

test('a process says when it started', async () => {
  const [{ value }] = (await readMetrics(stack.service)).get('process_start_time_seconds').samples;
  assert.ok(Math.abs(Date.now() / 1000 - value) < 600, `started at ${value}`);
});
