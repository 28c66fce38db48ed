// Replaces every edge and every service, one after the other, as Kubernetes would, under sockets and
// requests. run.sh says what may be chosen.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { seed } from '../e2e/random.mjs';
import { chartOf } from './chart.mjs';
import { CHECKS } from './checks.mjs';
import { readOptions } from './options.mjs';
import { figuresOf, reportOf } from './report.mjs';
import { rehearse } from './run_rehearsal.mjs';

const options = readOptions();
let result;

function keep(folder) {
  mkdirSync(folder, { recursive: true });
  const { options: { sockets, edges, services }, ends } = result;
  const title = `${sockets} sockets while ${edges} edges and ${services} services are replaced`;
  const figures = { ...figuresOf(result), ends, seed };
  writeFileSync(join(folder, 'rollout.svg'), chartOf(figures, title));
  writeFileSync(join(folder, 'rollout.txt'), `${reportOf(result).join('\n')}\n`);
  writeFileSync(join(folder, 'rollout.json'), `${JSON.stringify({ ...figures, awayMs: undefined, options }, null, 1)}\n`);
}

before(async () => {
  const began = Date.now();
  console.log(`seed ${seed}${options.sabotage === 'none' ? '' : `, sabotage ${options.sabotage}`}`);
  result = await rehearse(options, (what) => console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(6)} s  ${what}`));
  console.log(['', ...reportOf(result), ''].join('\n'));
  if (options.out) keep(options.out);
});

for (const [name, check] of Object.entries(CHECKS)) test(name, () => check(result));
