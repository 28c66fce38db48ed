// The tables that simulate.mjs prints: one column a scenario.

import { sum } from './model.mjs';
import { duration, percent, say, table } from './tables.mjs';

const GIB = 2 ** 30;

const headOf = (scenes) => ['', ...scenes.map(({ sized }) => `${sized.scenario.sockets.toLocaleString('en-US')} sockets`)];

function columns(scenes, rows) {
  return table(headOf(scenes), rows.map(([name, tell]) => [name, ...scenes.map(tell)]));
}

/** What it takes. */
export function sizeTable(scenes) {
  return columns(scenes, [
    ['transactions/s', ({ sized }) => say(sized.scenario.transactions)],
    ['sockets that see all', ({ sized }) => say(Math.min(sized.scenario.seeAll, sized.scenario.sockets))],
    ['deliveries/s', ({ sized }) => say(sized.load.deliveries)],
    ['edge pods', ({ sized }) => say(sized.pods)],
    ['edges: cores in use', ({ sized }) => say(sized.edgeCores)],
    ['for those who see all', ({ sized }) => say(sized.load.cores.all)],
    ['for what members are given', ({ sized }) => say(sized.load.cores.members)],
    ['for members who wait', ({ sized }) => say(sized.load.cores.waiting)],
    ['for sockets that come', ({ sized }) => say(sized.load.cores.opens)],
    ['edges: memory, GiB', ({ sized }) => say(sized.edgeGib)],
    ['edges: sent, Gbit/s', ({ sized }) => say(sized.edgeGbit)],
    ['one edge: sent, Gbit/s', ({ sized }) => say(sized.edgeGbit / sized.pods)],
    ['one edge: its ring reaches back', ({ sized }) => duration(sized.own.ringSeconds)],
    ['service replicas', ({ sized }) => say(sized.scenario.serviceReplicas)],
    ['streams a replica', ({ sized }) => say(sized.service.streams)],
    ['one replica: cores in use', ({ sized }) => say(sum(sized.service.cores))],
    ['one replica: sent to edges, Gbit/s', ({ sized }) => say(sized.service.bits / 1e9)],
    ['PostgreSQL: cores in use', ({ sized }) => say(sized.postgres.cores)],
    ['PostgreSQL: commits/s', ({ sized }) => say(sized.load.commits)],
    ['PostgreSQL: log written, MB/s', ({ sized }) => say(sized.postgres.walBytes / 1e6)],
    ['PostgreSQL: grows in a day, GiB', ({ sized }) => say(sized.postgres.tableBytesADay / GIB)],
  ]);
}

/** Which resource is the next to run out, and what to turn on then. */
export function bottleneckTable(scenes, count = 4) {
  return scenes
    .map(({ sized }) => {
      const rows = sized.resources.slice(0, count).map(({ name, share, remedy }) => [name, percent(share), remedy]);
      return `${sized.scenario.sockets.toLocaleString('en-US')} sockets, ${say(sized.scenario.transactions)} transactions/s:\n\n${table(['resource', 'in use', 'turn on'], rows)}`;
    })
    .join('\n\n');
}

export function stormTable(scenes) {
  const names = scenes[0].storms.map(({ name }) => name);
  const rows = names.flatMap((name, index) => {
    const of = (tell) => (scene) => tell(scene.storms[index]);
    return [
      [`**${name}**: sockets lost`, of(({ lost }) => say(lost))],
      ['come to each edge that is left', of(({ options }) => say(options.returning))],
      ['half are live after', of(({ halfLiveSeconds }) => duration(halfLiveSeconds))],
      ['all are live after', of(({ allLiveSeconds }) => duration(allLiveSeconds))],
      ['attempts that were refused', of(({ refusedShare }) => percent(refusedShare))],
      ['questions for balances and pages', of(({ serviceCalls }) => say(serviceCalls))],
    ];
  });
  return columns(scenes, rows);
}

export function rolloutTable(scenes) {
  const rows = scenes[0].rollouts.flatMap(({ name }, index) => {
    const of = (tell) => (scene) => tell(scene.rollouts[index]);
    return [
      [`**${name}**: takes`, of(({ seconds }) => duration(seconds))],
      ['a socket comes back so many times', of(({ movesPerSocket }) => say(movesPerSocket))],
      ['the fullest edge has', of(({ fullest }) => say(fullest))],
      ['most that come to one edge in a second', of(({ mostASecond }) => say(mostASecond))],
    ];
  });
  return columns(scenes, rows);
}

/** The figures that all of it rests on. */
export function figuresTable(figures) {
  const rows = Object.entries(figures).map(([name, { value, unit, of, source, date, noisy }]) => [
    `\`${name}\``, say(value), unit, of, `${source} (${date}${noisy ? ', noisy' : ''})`,
  ]);
  return table(['figure', 'value', 'unit', 'of', 'source'], rows);
}
