// Tests that the version stands in one place, VERSION, and that everything else which repeats it agrees.

import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { listFiles, read, readVersion, repository, run, withCopy } from './tree.mjs';

const NEXT = '7.8.9';
const MIGRATIONS = 'services/transaction/postgres/migrations';

// Each way in which a file may repeat the version.
const REPEATS = [
  /\bledgercast\/(?:transaction-service|edge):(\d+\.\d+\.\d+)\b/g,
  /\bledgercast[a-z-]*_(\d+\.\d+\.\d+)\+deb/g,
  /\/releases\/download\/v(\d+\.\d+\.\d+)/g,
  /^ARG VERSION=(.*)$/gm,
  /^ *newTag: (.*)$/gm,
];

/** Returns `[path, version]` for each place of the tree that repeats the version. */
function findRepeats(root) {
  const repeats = [];
  for (const path of listFiles(root).filter((path) => /(\.md|\.ya?ml|Dockerfile)$/.test(path) && path !== 'CHANGELOG.md')) {
    const text = read(root, path);
    for (const pattern of REPEATS) for (const [, version] of text.matchAll(pattern)) repeats.push([path, version]);
  }
  for (const path of listFiles(root).filter((path) => path.endsWith('/package.json'))) {
    repeats.push([path, JSON.parse(read(root, path)).version]);
    const lock = path.replace('package.json', 'package-lock.json');
    const { version, packages } = JSON.parse(read(root, lock));
    repeats.push([lock, version], [lock, packages[''].version]);
  }
  return repeats;
}

const setVersion = (root, version) => run(join(root, 'release/set_version.sh'), [version]);
const addChange = (root, text = '- Something new.') => {
  const path = join(root, 'CHANGELOG.md');
  writeFileSync(path, readFileSync(path, 'utf8').replace('## Unreleased\n', `## Unreleased\n\n${text}\n`));
};

test('everything that repeats the version agrees with VERSION', () => {
  const version = readVersion();
  const repeats = findRepeats(repository);
  const named = new Set(repeats.map(([path]) => path));
  for (const path of ['docker-compose.yaml', 'edge/Dockerfile', 'services/transaction/Dockerfile', 'edge/client/package-lock.json', 'k8s/base/edge/deployment.yaml', 'k8s/overlays/production/kustomization.yaml', 'k8s/README.md']) {
    assert.ok(named.has(path), `${path} does not repeat the version: has this test lost sight of it?`);
  }
  assert.deepEqual(repeats.filter(([, each]) => each !== version), [], `VERSION says ${version}: run release/set_version.sh`);
});

test('CMake reads VERSION, and configures again when that changes', () => {
  const text = read(repository, 'CMakeLists.txt');
  assert.match(text, /^file\(STRINGS VERSION LEDGERCAST_VERSION/m);
  assert.match(text, /^set_property\(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS VERSION\)/m);
  assert.match(text, /^project\(ledgercast VERSION \$\{LEDGERCAST_VERSION\} /m);
});

test('set_version.sh changes every place, and only those', async () => {
  await withCopy(async (root) => {
    const before = new Map(listFiles(root).map((path) => [path, read(root, path)]));
    addChange(root);
    await setVersion(root, NEXT);
    assert.equal(readVersion(root), NEXT);
    const repeats = findRepeats(root);
    assert.equal(repeats.length, findRepeats(repository).length);
    assert.deepEqual(repeats.filter(([, version]) => version !== NEXT), []);
    const expected = new Set([...repeats.map(([path]) => path), 'VERSION', 'CHANGELOG.md']);
    assert.deepEqual(listFiles(root).filter((path) => read(root, path) !== before.get(path)), [...expected].sort());
  }, { all: true });
});

test('set_version.sh changes the names of files in documents', async () => {
  await withCopy(async (root) => {
    const old = 'https://example.org/releases/download/v0.0.1/ledgercast-edge_0.0.1+deb12_amd64.deb, but 0.0.1 stays';
    writeFileSync(join(root, 'docs/more.md'), old);
    addChange(root);
    await setVersion(root, NEXT);
    assert.equal(read(root, 'docs/more.md'), old.replaceAll('0.0.1', NEXT).replace(`but ${NEXT}`, 'but 0.0.1'));
  });
});

test('set_version.sh closes the section of the changelog, whose text becomes the notes', async () => {
  await withCopy(async (root) => {
    addChange(root, '- Something new,\n  in two lines.\n\n- And more.');
    await setVersion(root, NEXT);
    const date = new Date().toISOString().slice(0, 10);
    assert.match(read(root, 'CHANGELOG.md'), new RegExp(`^## Unreleased\n\n## ${NEXT} - ${date.slice(0, 8)}\\d\\d\n\n- Something new,\n`, 'm'));
    const notes = await run(join(root, 'release/notes.sh'), [NEXT]);
    assert.match(notes.stdout, /^- Something new,\n {2}in two lines\.\n\n- And more\.\n/);
    const tag = await run(join(root, 'release/check_tag.sh'), [`v${NEXT}`]);
    assert.equal(tag.stdout, `${NEXT}\n`);
  });
});

test('set_version.sh refuses what is no version, has a section, or has no change', async () => {
  await withCopy(async (root) => {
    for (const version of ['1.2', 'v1.2.3', '1.2.3-rc1', '01.2.3', '1.2.3.4', '']) {
      await assert.rejects(setVersion(root, version), { stderr: /usage/ });
    }
    await assert.rejects(setVersion(root, readVersion()), { stderr: /has a section for/ });
    const path = join(root, 'CHANGELOG.md');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/^## Unreleased\n[^]*?(?=^## )/m, '## Unreleased\n\n'));
    await assert.rejects(setVersion(root, NEXT), { stderr: /says nothing under Unreleased/ });
    assert.equal(readVersion(root), readVersion());
  });
});

test('set_version.sh records new migrations, and stops if a released one has changed', async () => {
  await withCopy(async (root) => {
    addChange(root);
    writeFileSync(join(root, MIGRATIONS, 'V099__more.sql'), 'SELECT 1;\n');
    await setVersion(root, NEXT);
    assert.match(read(root, `${MIGRATIONS}/checksums`), /^[0-9a-f]{64} {2}V099__more\.sql$/m);
    appendFileSync(join(root, MIGRATIONS, 'V099__more.sql'), '\n');
    addChange(root);
    await assert.rejects(setVersion(root, '7.8.10'), { stderr: /add a new migration instead/ });
    assert.equal(readVersion(root), NEXT);
  });
});

test('a tag that is not VERSION’s is refused', async () => {
  const script = join(repository, 'release/check_tag.sh');
  assert.equal((await run(script, [`v${readVersion()}`])).stdout, `${readVersion()}\n`);
  for (const tag of [readVersion(), `v${NEXT}`, `v${readVersion()}-rc1`, `v${readVersion()}0`]) {
    await assert.rejects(run(script, [tag]), { stderr: /must be v/ });
  }
});

test('a version that the changelog does not name is refused', async () => {
  await withCopy(async (root) => {
    writeFileSync(join(root, 'VERSION'), `${NEXT}\n`);
    await assert.rejects(run(join(root, 'release/check_tag.sh'), [`v${NEXT}`]), { stderr: new RegExp(`no section for ${NEXT}`) });
    await assert.rejects(run(join(root, 'release/notes.sh'), ['0x1x0']), { stderr: /no section/ });
  });
});
