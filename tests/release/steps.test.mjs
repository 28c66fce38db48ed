// Tests the scripts that the release workflow runs, with the registries replaced by what only writes down its calls.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import Ajv from 'ajv';
import { makeFolder, read, readVersion, repository, run } from './tree.mjs';

const DIGESTS = ['a', 'b'].map((digit) => `sha256:${digit.repeat(64)}`);
const JOINED = `sha256:${'c'.repeat(64)}`;

let folder;
beforeEach(() => (folder = makeFolder()));
afterEach(() => rmSync(folder, { recursive: true }));

const script = (name) => join(repository, 'release', name);
const sha256 = (data) => createHash('sha256').update(data).digest('hex');

/** Returns the parsed list of contents, after it was checked against the schema of CycloneDX. */
function readBom(path) {
  const schemas = join(repository, 'release/node_modules/@cyclonedx/cyclonedx-library/res/schema');
  const schema = (name) => JSON.parse(readFileSync(join(schemas, `${name}.SNAPSHOT.schema.json`), 'utf8'));
  const ajv = new Ajv({ strict: false, validateFormats: false });
  for (const name of ['spdx', 'jsf-0.82']) ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  const bom = JSON.parse(readFileSync(path, 'utf8'));
  const validate = ajv.compile(schema(`bom-${bom.specVersion}`));
  assert.ok(validate(bom), ajv.errorsText(validate.errors));
  return bom;
}

function write(path, text) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  return join(folder, path);
}

test('the files of all parts come into one folder, with checksums that sha256sum accepts', async () => {
  write('parts/one/a.deb', 'A');
  write('parts/two/b c.tgz', 'B');
  await run(script('collect.sh'), [join(folder, 'parts'), join(folder, 'assets')]);
  const assets = join(folder, 'assets');
  assert.deepEqual(readdirSync(assets), ['SHA256SUMS', 'a.deb', 'b c.tgz']);
  assert.equal(readFileSync(join(assets, 'SHA256SUMS'), 'utf8'), `${sha256('A')}  a.deb\n${sha256('B')}  b c.tgz\n`);
  await run('sha256sum', ['--check', '--strict', 'SHA256SUMS'], { cwd: assets });
});

test('two files of one name are refused, and so is a release of nothing', async () => {
  write('parts/debian-12/ledgercast.deb', '12');
  write('parts/debian-13/ledgercast.deb', '13');
  await assert.rejects(run(script('collect.sh'), [join(folder, 'parts'), join(folder, 'assets')]), { stderr: /ledgercast\.deb/ });
  mkdirSync(join(folder, 'empty'));
  await assert.rejects(run(script('collect.sh'), [join(folder, 'empty'), join(folder, 'none')]), { stderr: /no files/ });
});

test('npm would publish the package, which names the repository that builds it', async () => {
  await run(script('npm_package.sh'), [folder, 'some-one/ledgercast']);
  const name = `ledgercast-client-${readVersion()}.tgz`;
  assert.deepEqual(readdirSync(folder), [name]);
  const { stdout: text } = await run('tar', ['-xzOf', join(folder, name), 'package/package.json']);
  const source = JSON.parse(read(repository, 'edge/client/package.json'));
  const repositoryOfPackage = { type: 'git', url: 'git+https://github.com/some-one/ledgercast.git', directory: 'edge/client' };
  assert.deepEqual(JSON.parse(text), { ...source, repository: repositoryOfPackage });
  // Newer versions of npm ask the registry for older versions, but publish a first one without an answer.
  const flags = ['--dry-run', '--access', 'public', '--ignore-scripts', '--registry', 'http://127.0.0.1:9/', '--fetch-retries', '0'];
  const { stdout } = await run('npm', ['publish', ...flags, join(folder, name)]);
  assert.equal(stdout, `+ @ledgercast/client@${readVersion()}\n`);
  await assert.rejects(run(script('npm_package.sh'), [folder, 'https://github.com/some-one/x']), { stderr: /usage/ });
});

test('the list of npm packages has every locked one, and their licences', async () => {
  await run(script('sbom_npm.sh'), [folder]);
  for (const [source, name] of [['edge/client', 'ledgercast-client'], ['edge/ui', 'ledgercast-page']]) {
    const { bomFormat, metadata, components } = readBom(join(folder, `${name}-${readVersion()}.cdx.json`));
    assert.deepEqual([bomFormat, metadata.component.version], ['CycloneDX', readVersion()]);
    const all = (each) => each.flatMap((component) => [component, ...all(component.components ?? [])]);
    const listed = new Set(all(components).map(({ purl }) => decodeURIComponent(purl.split('?')[0])));
    const locked = Object.entries(JSON.parse(read(repository, `${source}/package-lock.json`)).packages).slice(1);
    // npm leaves out what is for other machines.
    const wanted = locked.filter(([, { optional }]) => !optional).map(([path, { version }]) => `pkg:npm/${path.replace(/^.*node_modules\//, '')}@${version}`);
    assert.ok(wanted.length > 30);
    assert.deepEqual(wanted.filter((each) => !listed.has(each)), []);
    for (const component of components) assert.ok(component.licenses?.length > 0, `${component.name} has no licence`);
  }
});

test('the list of a Debian package has what it depends on and what it was compiled with', async () => {
  write('package/DEBIAN/control', 'Package: ledgercast-thing\nVersion: 1.2.3\nArchitecture: amd64\nMaintainer: A <a@example.org>\n'
    + 'Depends: libc6 (>= 2.3), not-there | libpq5, never-installed, ledgercast-edge (= 1.2.3)\nDescription: thing\n');
  const file = 'ledgercast-thing_1.2.3_amd64.deb';
  await run('dpkg-deb', ['--build', join(folder, 'package'), join(folder, file)]);
  await run(process.execPath, [script('sbom_debian.mjs'), folder]);
  const { metadata, components, dependencies } = readBom(join(folder, `${file}.cdx.json`));
  assert.deepEqual([metadata.component.name, metadata.component.version], ['ledgercast-thing', '1.2.3']);
  assert.deepEqual(metadata.component.hashes, [{ alg: 'SHA-256', content: sha256(readFileSync(join(folder, file))) }]);
  const named = (name) => components.find((component) => component.name === name);
  for (const name of ['libc6', 'libpq5', 'libasio-dev', 'libwebsocketpp-dev']) {
    const { stdout: version } = await run('dpkg-query', ['--show', '--showformat=${Version}', name]);
    assert.equal(named(name).version, version);
    assert.match(decodeURIComponent(named(name).purl), new RegExp(`^pkg:deb/debian/${name}@${version.replace(/[+.]/g, '\\$&')}\\?arch=\\w+&distro=debian-`));
  }
  assert.deepEqual(named('libasio-dev').properties, [{ name: 'ledgercast:use', value: 'compiled with' }]);
  assert.ok(named('libasio-dev').licenses.some(({ license }) => license.name === 'Boost'), JSON.stringify(named('libasio-dev').licenses));
  assert.equal(named('never-installed').version, undefined);
  assert.equal(named('ledgercast-edge'), undefined);
  assert.equal(dependencies.find(({ ref }) => ref === file).dependsOn.length, components.length);
  rmSync(join(folder, file));
  await assert.rejects(run(process.execPath, [script('sbom_debian.mjs'), folder]), { stderr: /no Debian package/ });
});

/** Runs publish_image.sh with a docker and a cosign that write down how they are called. */
async function publishImage() {
  for (const [name, answer] of [['docker', `[[ $3 != inspect ]] || echo ${JOINED}`], ['cosign', ':']]) {
    chmodSync(write(`bin/${name}`, `#!/bin/bash\necho "${name} $*" >>"${folder}/calls"\n${answer}\n`), 0o755);
  }
  const env = { ...process.env, PATH: `${folder}/bin:${process.env.PATH}` };
  await run(script('publish_image.sh'), ['ghcr.io/some-one/edge', '1.2.3', join(folder, 'digests')], { env });
  return readFileSync(join(folder, 'calls'), 'utf8').trimEnd().split('\n');
}

test('an image’s architectures are joined under the version, and the result is signed by its digest', async () => {
  write('digests/amd64', `${DIGESTS[0]}\n`);
  write('digests/arm64', `${DIGESTS[1]}\n`);
  assert.deepEqual(await publishImage(), [
    `docker buildx imagetools create --tag ghcr.io/some-one/edge:1.2.3 ${DIGESTS.map((digest) => `ghcr.io/some-one/edge@${digest}`).join(' ')}`,
    'docker buildx imagetools inspect ghcr.io/some-one/edge:1.2.3 --format {{.Manifest.Digest}}',
    `cosign sign --yes ghcr.io/some-one/edge@${JOINED}`,
  ]);
});

test('an image that lacks an architecture, or has no digest, is not published', async () => {
  write('digests/amd64', `${DIGESTS[0]}\n`);
  await assert.rejects(publishImage(), { stderr: /1 digests/ });
  write('digests/arm64', 'latest\n');
  await assert.rejects(publishImage(), { stderr: /holds no digest: latest/ });
  assert.throws(() => readFileSync(join(folder, 'calls')), { code: 'ENOENT' });
});
