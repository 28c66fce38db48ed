// Each container has requests, and limits for everything except CPU. A CPU limit stops the process for the rest of
// each 100 ms, while every socket and everyone behind the ledger's lock waits. The CPU request sets its share when
// CPU is short.

import { bytesOf } from '../inventory.mjs';

const REQUESTS = ['cpu', 'memory', 'ephemeral-storage'];
const LIMITS = ['memory', 'ephemeral-storage'];

export function* check(inventory) {
  for (const { workload: { object }, container } of inventory.containers()) {
    const { requests = {}, limits = {} } = container.resources ?? {};
    for (const [field, wanted, given] of [['requests', REQUESTS, requests], ['limits', LIMITS, limits]]) {
      for (const name of wanted) {
        if (!(name in given)) yield [object, `container ${container.name} has no ${name} in resources.${field}: say how much`];
      }
      for (const name of Object.keys(given)) {
        if (!REQUESTS.includes(name) && !name.startsWith('hugepages-')) yield [object, `resources.${field} of container ${container.name} has ${name}, which is no resource: see REQUESTS in tests/k8s/rules/resources.mjs`];
      }
    }
    if ('cpu' in limits) yield [object, `container ${container.name} has a CPU limit, which stops it while others wait for it: leave it to the request`];
    for (const name of LIMITS) {
      if (name in requests && name in limits && bytesOf(requests[name]) > bytesOf(limits[name])) yield [object, `container ${container.name} asks for more ${name} than its limit: correct one of them`];
    }
  }
}
