// Measures the values that sizing a cluster needs and that no other benchmark gives: what one more
// edge costs a service, what a transaction costs an edge and each of its members, what a transfer
// costs service and PostgreSQL, and what the kernel needs for a socket. Prints one line of JSON per
// value.
//
//   node tests/bench/sizing_bench.mjs [PART...]     after `npm ci` in tests/e2e; build/release built
//
// PART: streams members posting kernel. Each measures the CPU time of one process and not its rate,
// because PostgreSQL and the generator share the machine. SECONDS (8) is for each, MEMBERS (4000).

import { measureKernel } from './sizing/kernel.mjs';
import { measureMembers } from './sizing/members.mjs';
import { measurePosting } from './sizing/posting.mjs';
import { measureStreams } from './sizing/streams.mjs';

const PARTS = { streams: measureStreams, members: measureMembers, posting: measurePosting, kernel: measureKernel };

for (const part of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(PARTS)) {
  if (!PARTS[part]) throw new Error(`there is no part ${part}`);
  await PARTS[part]();
}
