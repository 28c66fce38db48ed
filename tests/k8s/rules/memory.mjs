// What a program may keep in memory fits its limit. Above the limit it would be killed, with all its sockets.

import { bytesOf } from '../inventory.mjs';

const MIB = 2 ** 20;
// Memory of the program itself, its threads, and data on its way.
const OWN_BYTES = 128 * MIB;
// Factor for the ring's indexes, and for dropped transactions that readers still hold.
const RING_FACTOR = 1.5;
// An idle socket takes half of this. TLS and compression are done by the proxy in front.
const SOCKET_BYTES = 16 * 1024;

export function* check(inventory) {
  for (const { workload, container, settings, isInit } of inventory.containers()) {
    const program = container.command?.[0]?.split('/').at(-1);
    if (isInit || (program !== 'ledgercast-edge' && program !== 'ledgercast-transaction-service')) continue;
    const ring = settings.LEDGERCAST_RING_MEGABYTES;
    const sockets = program === 'ledgercast-edge' ? settings.LEDGERCAST_MAX_SOCKETS : '0';
    if (ring === undefined || sockets === undefined) {
      yield [workload.object, 'leaves its memory to the defaults: set LEDGERCAST_RING_MEGABYTES, and LEDGERCAST_MAX_SOCKETS for the edge'];
      continue;
    }
    const needed = OWN_BYTES + Number(ring) * MIB * RING_FACTOR + Number(sockets) * SOCKET_BYTES;
    const { memory = '0' } = container.resources?.limits ?? {};
    if (bytesOf(memory) < needed) yield [workload.object, `may need ${Math.ceil(needed / MIB)} MiB but is killed at ${memory}: raise resources.limits.memory, or lower LEDGERCAST_RING_MEGABYTES or LEDGERCAST_MAX_SOCKETS`];
    if (program === 'ledgercast-edge' && !(settings.LEDGERCAST_THREADS > 0)) yield [workload.object, 'takes all cores of its node: set LEDGERCAST_THREADS to about the CPU it asks for'];
  }
}
