// What must hold of the sizing model and its simulations, whatever the figures are; and that the tables in
// k8s are what the commands beside them print.

import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Events } from '../../k8s/sizing/events.mjs';
import { commitsASecond, SCENARIO, size } from '../../k8s/sizing/model.mjs';
import { seeded } from '../../k8s/sizing/random.mjs';
import { fillIn, READMES } from '../../k8s/sizing/readme.mjs';
import { playRollout } from '../../k8s/sizing/rollout.mjs';
import { scene } from '../../k8s/sizing/scenes.mjs';
import { liveBy, playStorm } from '../../k8s/sizing/storm.mjs';
import { MEASURED } from '../../k8s/sizing/validation.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const sources = JSON.parse(readFileSync(join(root, 'k8s/sizing/figures.json'), 'utf8'));
const figures = Object.fromEntries(Object.entries(sources).map(([name, { value }]) => [name, value]));
const simulate = (...args) => execFileSync('node', ['k8s/sizing/simulate.mjs', ...args], { cwd: root, encoding: 'utf8' });

test('every figure has a value, a unit, a source and a date', () => {
  for (const [name, { value, unit, of, source, date }] of Object.entries(sources)) {
    assert.ok(value > 0, name);
    assert.equal(typeof unit, 'string', name);
    assert.ok(of && source, name);
    assert.match(date, /^\d{4}-\d{2}-\d{2}$/, name);
  }
});

test('every figure is used, and every one that is used is there', () => {
  const used = new Set();
  const watched = new Proxy(figures, {
    get(target, name) {
      assert.ok(name in target, `there is no figure ${String(name)}`);
      used.add(name);
      return target[name];
    },
  });
  for (const bulk of [false, true]) scene(watched, { bulk, compression: true });
  for (const { predict } of MEASURED) predict(watched);
  // For people only: a stream's memory is too little to count.
  used.add('service.bytesPerStream');
  assert.deepEqual(Object.keys(figures).filter((name) => !used.has(name)), []);
});

test('events come by time, those of one time as they were added', () => {
  const random = seeded(7);
  const events = new Events();
  const times = Array.from({ length: 2_000 }, () => Math.floor(random() * 200));
  times.forEach((time, index) => events.add(time, index));
  const expected = times.map((time, index) => ({ time, what: index })).sort((a, b) => a.time - b.time || a.what - b.what);
  for (const { time, what } of expected) {
    const taken = events.take();
    assert.deepEqual([taken.time, taken.what], [time, what]);
  }
  assert.equal(events.take(), undefined);
});

const STORMS = Array.from({ length: 40 }, (_, seed) => {
  const random = seeded(seed + 1);
  return {
    seed,
    returning: Math.ceil(random() * 3_000),
    acceptsPerSecond: Math.ceil(random() * 2_000),
    freeCores: 0.2 + random() * 4,
    openCoreSeconds: random() * 0.001,
    noticeSeconds: [0, random() * 20],
    ringSeconds: random() * 30,
    unknownBalanceShare: random(),
    callSeconds: random() * 0.05,
  };
});

for (const storm of STORMS) {
  test(`storm ${storm.seed}: nobody is lost, and each attempt has one end`, () => {
    const { liveAt, stillOut, attempts, refused } = playStorm(storm);
    assert.deepEqual([liveAt.length, stillOut], [storm.returning, 0]);
    assert.ok(attempts >= refused + storm.returning);
    assert.ok(liveAt.every((time, index) => index === 0 || time >= liveAt[index - 1]));
    assert.deepEqual(playStorm(storm).liveAt, liveAt, 'the same again');
  });
}

// Random waits differ once anything differs, so it is the mean over seeds that must not get worse.
const meanLive = (options) => {
  const times = Array.from({ length: 12 }, (_, seed) => liveBy(playStorm({ ...options, seed }), 0.95));
  return times.reduce((sum, time) => sum + time, 0) / times.length;
};
const TIGHT = { returning: 2_000, acceptsPerSecond: 150, freeCores: 0.25, openCoreSeconds: 0.001, unknownBalanceShare: 0.5, callSeconds: 0.05 };
for (const more of [{ acceptsPerSecond: 600 }, { freeCores: 2 }, { callSeconds: 0.005 }, { openCoreSeconds: 0.0001 }, { returning: 500 }]) {
  test(`a storm with ${JSON.stringify(more)} is not slower`, () => assert.ok(meanLive({ ...TIGHT, ...more }) <= meanLive(TIGHT) * 1.05));
}

test('a storm without limits lasts as long as the first wait', () => {
  const { liveAt, refused } = playStorm({ returning: 5_000, acceptsPerSecond: 0, openCoreSeconds: 0 });
  assert.equal(refused, 0);
  assert.ok(liveAt.at(-1) <= 0.5 && liveAt.at(-1) > 0.49);
});

test('no edge takes more than it has room for; the others try on and are counted', () => {
  const storm = playStorm({ returning: 1_000, room: 600, acceptsPerSecond: 50 });
  assert.deepEqual([storm.liveAt.length, storm.stillOut], [600, 400]);
  assert.equal(liveBy(storm, 1), Infinity);
  // The first 50 at once, then 50 a second.
  assert.ok(storm.liveAt.filter((time) => time < 1).length <= 101);
});

test('an edge without CPU to spare answers later, and to everybody', () => {
  const { liveAt, cpuSeconds } = playStorm({ returning: 2_000, freeCores: 0.05, openCoreSeconds: 0.001 });
  assert.equal(liveAt.length, 2_000);
  assert.ok(Math.abs(cpuSeconds - 2) < 1e-6);
  assert.ok(liveAt.at(-1) >= 40);
});

test('whoever was away for longer than the ring reaches back costs a call, and only they', () => {
  const options = { returning: 1_000, noticeSeconds: [20, 25] };
  assert.equal(playStorm({ ...options, ringSeconds: 30 }).serviceCalls, 0);
  assert.equal(playStorm({ ...options, ringSeconds: 10 }).serviceCalls, 1_000);
});

for (const balancer of ['least-connections', 'round-robin']) {
  for (const [pods, surge] of [[3, 1], [10, 1], [10, 3], [33, 7], [334, 34]]) {
    test(`a roll-out of ${pods}, ${surge} at a time, ${balancer}: every socket is somewhere`, () => {
      const played = playRollout({ pods, surge, balancer, sockets: 1_000_000 });
      assert.ok(Math.abs(played.sockets - 1_000_000) < 1e-3);
      assert.ok(played.movesPerSocket >= 1 - 1e-9);
      assert.ok(played.fullest >= 1_000_000 / pods - 1e-6);
      const quicker = playRollout({ pods, surge: surge + 1, balancer, sockets: 1_000_000 });
      assert.ok(quicker.seconds <= played.seconds);
    });
  }
}

test('by least connections a socket is sent away once only', () => {
  assert.ok(Math.abs(playRollout({ pods: 20, sockets: 1_000_000 }).movesPerSocket - 1) < 1e-9);
  assert.ok(playRollout({ pods: 20, sockets: 1_000_000, balancer: 'round-robin' }).movesPerSocket > 1.2);
});

test('twice the sockets take twice the pods, memory and network', () => {
  const [once, twice] = [1_000_000, 2_000_000].map((sockets) => size(figures, { sockets, seeAll: 0 }));
  for (const name of ['pods', 'edgeGib', 'edgeGbit', 'edgeCores']) {
    assert.ok(Math.abs(twice[name] / once[name] - 2) < 0.05, `${name}: ${once[name]}, ${twice[name]}`);
  }
});

test('no edge is asked for more than its fill, and none could be left out', () => {
  for (const given of [{}, { sockets: 1e7, transactions: 20_000, bulk: true }, { seeAll: 1e6, transactions: 500 }, { edgeGbit: 1 }, { edgeGib: 2 }, { edgeCores: 1 }]) {
    const { scenario, pods, resources } = size(figures, given);
    const ofEdges = resources.filter(({ name }) => name.startsWith('edge:'));
    for (const { name, share } of ofEdges) assert.ok(share <= scenario.fill + 1e-9, `${name}: ${share}`);
    if (pods > scenario.zones) assert.ok(Math.max(...ofEdges.map(({ share }) => share)) > scenario.fill * (1 - 2 / pods));
  }
});

test('more of anything that is asked for never needs less', () => {
  // How many commits there are depends on what there is to commit: see below.
  const commits = 100;
  const base = size(figures, { commits });
  for (const more of [{ sockets: 2e6 }, { transactions: 4_000 }, { seeAll: 1e5 }, { churnPerHour: 5 }, { socketsPerAccount: 3 }, { freshSeconds: 0.05 }]) {
    const sized = size(figures, { commits, ...more });
    assert.ok(sized.edgeCores >= base.edgeCores && sized.pods >= base.pods && sized.edgeGbit >= base.edgeGbit, JSON.stringify(more));
  }
});

test('compression spares network; more replicas spare each of them streams', () => {
  const many = { seeAll: 1e6, sockets: 1e6, transactions: 200 };
  assert.ok(size(figures, { ...many, compression: true }).edgeGbit < size(figures, many).edgeGbit / 2);
  assert.equal(size(figures, { serviceReplicas: 6 }).service.streams * 2, size(figures).service.streams);
});

test('a commit takes in more when there is more', () => {
  const commits = [1, 100, 1_000, 10_000, 25_000].map((transactions) => commitsASecond(figures, { ...SCENARIO, transactions }));
  assert.ok(commits.every((count) => count > 0 && count <= 1 / figures['postgres.secondsPerCommit']));
  assert.ok(commits[4] < commits[2]);
  assert.equal(commitsASecond(figures, { ...SCENARIO, commits: 10 }), 10);
});

test('an edge too small for its own ring is refused, not sized', () => {
  assert.throws(() => size(figures, { edgeGib: 0.5 }), /no memory left/);
});

test('what was measured is predicted within a factor of three, storms within a quarter', () => {
  for (const { what, measured, predict } of MEASURED) {
    const ratio = predict(figures) / measured;
    const factor = what.includes('killed') || what.includes('storm') ? 1.25 : 3;
    assert.ok(ratio > 1 / factor && ratio < factor, `${what}: ${ratio}`);
  }
});

test('what a command line asks for that is not there is said', () => {
  for (const args of [['--sockets', 'many'], ['--bulk', 'perhaps'], ['--show', 'all'], ['--sockets', '1,2', '--transactions', '1,2,3'], ['--nothing'], ['--svg', 'x', '--plot', 'none']]) {
    const { status, stderr } = spawnSync('node', ['k8s/sizing/simulate.mjs', ...args], { cwd: root, encoding: 'utf8' });
    assert.equal(status, 2, args.join(' '));
    assert.match(stderr, /--help/);
  }
});

test('help names every option of a scenario', () => {
  const help = simulate('--help');
  for (const name of Object.keys(SCENARIO)) {
    const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    assert.ok(help.includes(option), option);
  }
});

for (const path of READMES) {
  test(`${path} shows what its commands print`, () => {
    const text = readFileSync(join(root, path), 'utf8');
    const { filled, count } = fillIn(text);
    assert.ok(count >= 3);
    assert.equal(text, filled, 'node k8s/sizing/readme.mjs fills it in anew');
  });
}

test('the plots are what their commands draw, and are shown', () => {
  const [shown, text] = READMES.map((path) => readFileSync(join(root, path), 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'ledgercast-plots-'));
  try {
    const commands = [...text.matchAll(/^node k8s\/sizing\/simulate\.mjs (.*) --svg (k8s\/sizing\/\S+\.svg)(.*)$/gm)];
    assert.equal(commands.length, 2);
    for (const [, before, file, rest] of commands) {
      const drawn = join(folder, 'plot.svg');
      simulate(...`${before} --svg ${drawn}${rest}`.split(' '));
      assert.equal(readFileSync(join(root, file), 'utf8'), readFileSync(drawn, 'utf8'), file);
      assert.ok(shown.includes(`(${file.replace(/^k8s\//, '')})`), file);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
