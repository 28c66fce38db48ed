// The model against what was measured and is no figure of it: how far to trust the rest.

import { liveBy, playStorm } from './storm.mjs';
import { say, table } from './tables.mjs';

/** Each predicts, from the figures alone, what a benchmark then measured. */
export const MEASURED = [
  {
    what: '15,000 sockets come back at once, 1,000 transactions behind: CPU of the edge, s',
    source: 'fanout_bench.sh --modes reconnect',
    measured: 4.57,
    predict: (f) => (15_000 * (f['edge.cpuUsPerSharedOpen'] + 1_000 * f['edge.cpuUsPerDelivery'])) / 1e6,
  },
  {
    what: 'memory of 14,000 idle sockets, MB',
    source: 'fanout_bench --mode idle --sockets 14000',
    measured: (14_000 * 5_895) / 1e6,
    predict: (f) => (14_000 * f['edge.bytesPerSocket']) / 1e6,
  },
  {
    what: 'deliveries/s of one core, 1,000 sockets, 100 a frame',
    source: 'fanout_bench.sh --modes saturation',
    measured: 11_802_250,
    predict: (f) => 1e6 / f['edge.cpuUsPerDelivery'],
  },
  {
    what: 'the same, 10 a frame (hot: nobody waits)',
    source: 'fanout_bench --mode saturation --batch 10',
    measured: 3_248_114,
    predict: (f) => 1e6 / (f['edge.cpuUsPerWrite'] / 10 + f['edge.cpuUsPerDelivery']),
  },
  ...[
    ['half', 0.5, 2.83],
    ['nine tenths', 0.9, 6.25],
    ['all', 1, 20.69],
  ].map(([name, share, measured]) => ({
    what: `an edge is killed, the other lets in 200 of its 1,500 sockets a second: ${name} live after, s`,
    source: 'SOCKETS=1500 ACCEPTS=200 node tests/bench/storm_bench.mjs',
    measured,
    predict: (f) => liveBy(smallStorm(f), share),
  })),
  {
    what: 'attempts in that storm',
    source: 'the same',
    measured: 4_434,
    predict: (f) => smallStorm(f).attempts,
  },
];

const smallStorm = (f) => playStorm({ returning: 1_500, acceptsPerSecond: 200, openCoreSeconds: f['edge.cpuUsPerSharedOpen'] * 1e-6 });

export function validationTable(f) {
  const rows = MEASURED.map(({ what, source, measured, predict }) => {
    const predicted = predict(f);
    const error = Math.round((predicted / measured - 1) * 100);
    return [what, say(measured), say(predicted), `${error > 0 ? '+' : ''}${error} %`, source];
  });
  return table(['', 'measured', 'predicted', 'error', 'measured by'], rows);
}
