#!/usr/bin/env node
// What a cluster takes for so many sockets, what happens when parts of it die or are replaced, and what runs out
// next: from measured figures (figures.json). The same options give the same answer.

import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SCENARIO } from './model.mjs';
import { resourcePlot, stormPlot } from './plots.mjs';
import { bottleneckTable, figuresTable, rolloutTable, sizeTable, stormTable } from './reports.mjs';
import { scene } from './scenes.mjs';
import { perUnitTable } from './units.mjs';
import { validationTable } from './validation.mjs';

const HELP = `usage: node k8s/sizing/simulate.mjs [OPTIONS]

Each option takes one value, or several with commas: a column each. Times are seconds.

  --sockets 1000000           open at the same time
  --transactions 1000         posted in a second
  --see-all 1000              sockets that see every transaction; the others see their account's
  --sockets-per-account 1     that are open of an account which a transaction touches
  --churn-per-hour 0.5        share of the sockets that leave in an hour, while as many come
  --fresh-seconds 0.25        how far apart frames to those who see all may be
  --commits 0                 commits in a second; 0: as many as the database is likely to make
  --bulk false                transfers come by SubmitTransactions
  --compression false         permessage-deflate
  --progress-seconds 5        --progress-interval-ms of the edges
  --accepts-per-second 10000  --max-accepts-per-second of the edges
  --zones 3                   of which one may go
  --fill 0.6                  no edge is used for more than that
  --edge-sockets 60000        --max-sockets, and the sizes of pods, as in overlays/production:
  --edge-cores 4   --edge-gib 4   --edge-gbit 10
  --edge-ring-megabytes 1024   --edge-ring-transactions 1000000
  --service-replicas 3   --service-cores 2   --service-gbit 10   --postgres-cores 4

  --show size,next,storms,rollouts    which tables
  --show units                what one core and one GiB do, from the figures alone
  --show figures              the figures and where they come from
  --show validation           what the model says of things that were measured, beside what was measured
  --svg FILE --plot storms    the storms over time; or resources: how far each is used
`;

const dashed = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function readOptions() {
  const options = Object.fromEntries(Object.keys(SCENARIO).map((name) => [dashed(name), { type: 'string' }]));
  const others = { show: { type: 'string' }, svg: { type: 'string' }, plot: { type: 'string' }, help: { type: 'boolean', short: 'h' } };
  return parseArgs({ options: { ...options, ...others } }).values;
}

function valueOf(name, text) {
  if (typeof SCENARIO[name] === 'boolean') {
    if (text !== 'true' && text !== 'false') throw new Error(`--${dashed(name)}: ${text} is neither true nor false`);
    return text === 'true';
  }
  const value = Number(text);
  if (text === '' || !(value >= 0)) throw new Error(`--${dashed(name)}: ${text} is no number from 0 on`);
  return value;
}

/** One scenario a column. */
function scenariosOf(values) {
  const lists = Object.keys(SCENARIO).flatMap((name) => {
    const text = values[dashed(name)];
    return text === undefined ? [] : [[name, text.split(',').map((each) => valueOf(name, each))]];
  });
  const count = Math.max(1, ...lists.map(([, list]) => list.length));
  for (const [name, list] of lists) {
    if (list.length !== 1 && list.length !== count) throw new Error(`--${dashed(name)} has ${list.length} values, others have ${count}`);
  }
  return Array.from({ length: count }, (_, index) => Object.fromEntries(lists.map(([name, list]) => [name, list[list.length === 1 ? 0 : index]])));
}

const sources = JSON.parse(readFileSync(new URL('figures.json', import.meta.url), 'utf8'));
const figures = Object.fromEntries(Object.entries(sources).map(([name, { value }]) => [name, value]));

const TABLES = { size: sizeTable, next: bottleneckTable, storms: stormTable, rollouts: rolloutTable };
const OF_FIGURES = { units: () => perUnitTable(figures), figures: () => figuresTable(sources), validation: () => validationTable(figures) };
const PLOTS = { storms: stormPlot, resources: resourcePlot };

function run() {
  const values = readOptions();
  if (values.help) return HELP;
  const shown = (values.show ?? (values.svg ? '' : 'size,next,storms,rollouts')).split(',').filter(Boolean);
  for (const name of shown) if (!TABLES[name] && !OF_FIGURES[name]) throw new Error(`--show: there is no ${name}`);
  const needsScenes = values.svg !== undefined || shown.some((name) => TABLES[name]);
  const scenes = needsScenes ? scenariosOf(values).map((scenario) => scene(figures, scenario)) : [];
  if (values.svg !== undefined) {
    const plot = PLOTS[values.plot ?? 'storms'];
    if (!plot) throw new Error(`--plot: there is no ${values.plot}`);
    writeFileSync(values.svg, plot(scenes));
  }
  return shown.map((name) => (OF_FIGURES[name] ? OF_FIGURES[name]() : TABLES[name](scenes))).join('\n\n');
}

try {
  const text = run();
  if (text) console.log(text);
} catch (error) {
  console.error(`${error.message}\nTry: node k8s/sizing/simulate.mjs --help`);
  process.exitCode = 2;
}
