// Tests everything below k8s/, and the base with any of the components. It must build, match the schemas of
// Kubernetes and of the operators, and keep the rules.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { Inventory, nameOf } from './inventory.mjs';
import { manifests, parse, render, renderWith } from './render.mjs';
import { offences } from './rules.mjs';
import { schemaCheckOf } from './schemas.mjs';

const foldersIn = (folder) => readdirSync(join(manifests, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort();

const components = foldersIn('components');
const folders = ['', 'base', ...foldersIn('overlays').map((name) => `overlays/${name}`)];
const subsets = (all) => (all.length === 0 ? [[]] : subsets(all.slice(1)).flatMap((rest) => [rest, [all[0], ...rest]]));
const combinations = subsets(components).filter((chosen) => chosen.length > 0);

const rendered = new Map();
// What is wrong, by object.
const wrong = new Map();

before(async () => {
  const work = [
    ...folders.map((folder) => [`k8s/${folder}`, () => render(folder)]),
    ...combinations.map((chosen) => [`base with ${chosen.join(', ')}`, () => renderWith(chosen)]),
  ];
  // Builds a few of them in parallel.
  const next = async () => {
    for (let item = work.pop(); item !== undefined; item = work.pop()) rendered.set(item[0], await item[1]());
  };
  await Promise.all([next(), next(), next()]);
  const objects = new Set([...rendered.values()].flat());
  const check = await schemaCheckOf([...objects]);
  for (const object of objects) wrong.set(object, check([object]));
});

function isSound(name) {
  const objects = rendered.get(name);
  const names = objects.map((object) => `${object.apiVersion} ${nameOf(object)}`);
  assert.deepEqual(names.filter((each, index) => names.indexOf(each) !== index), [], 'each object once');
  assert.deepEqual(objects.flatMap((object) => wrong.get(object)), []);
  assert.deepEqual(offences(objects).map(({ text }) => text), []);
}

for (const folder of folders) test(`k8s/${folder} is sound`, () => isSound(`k8s/${folder}`));
for (const chosen of combinations) {
  const name = `base with ${chosen.join(', ')}`;
  test(`${name} is sound`, () => isSound(name));
}

test('every folder of k8s with a kustomization is one that was built', () => {
  const found = readdirSync(manifests, { recursive: true }).filter((path) => path.endsWith('kustomization.yaml')).map((path) => path.slice(0, -'/kustomization.yaml'.length));
  const known = [...folders.filter(Boolean), ...components.map((name) => `components/${name}`), 'kustomization.yaml'.slice(0, -'/kustomization.yaml'.length)];
  assert.deepEqual(found.sort(), known.sort());
});

test('k8s/ is the base as it is', () => {
  assert.deepEqual(rendered.get('k8s/'), rendered.get('k8s/base'));
});

// A component wins over the overlay that includes it, so settings of an overlay could have no effect.
test('what an overlay sets is what its pods are given', () => {
  for (const overlay of foldersIn('overlays')) {
    const [{ configMapGenerator }] = parse(readFileSync(join(manifests, 'overlays', overlay, 'kustomization.yaml'), 'utf8'));
    for (const { name, literals } of configMapGenerator) {
      const map = rendered.get(`k8s/overlays/${overlay}`).find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith(`${name}-`));
      const set = Object.fromEntries(literals.map((literal) => [literal.slice(0, literal.indexOf('=')), literal.slice(literal.indexOf('=') + 1)]));
      assert.deepEqual(Object.fromEntries(Object.keys(set).map((key) => [key, map.data[key]])), set, overlay);
    }
  }
});

test('a setting that changes gives its ConfigMap another name, so that the pods are rolled', () => {
  const nameIn = (folder) => rendered.get(folder).find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name.startsWith('edge-')).metadata.name;
  assert.equal(new Set(['k8s/base', 'k8s/overlays/dev', 'k8s/overlays/production'].map(nameIn)).size, 3);
});

test('an image of another registry is taken by all that run it', async () => {
  const objects = await renderWith([], ['images:', '  - name: ledgercast/transaction-service', '    newName: registry.example.com/ledger/service', '    newTag: 0.2.0']);
  const images = [...new Inventory(objects).containers()].map(({ workload, container }) => `${nameOf(workload.object)} ${container.image}`);
  assert.deepEqual(images.filter((line) => line.endsWith(' registry.example.com/ledger/service:0.2.0')).map((line) => line.split(' ')[0]).sort(),
    ['Deployment/transaction-service', 'Deployment/transaction-service', 'Job/accounts', 'Job/roles', 'Job/secrets']);
});

// Kubernetes refuses to change a Job, so an apply that changed one would stop there.
test('settings, sizes and numbers change without a Job being changed', () => {
  const jobsOf = (folder) => rendered.get(folder).filter(({ kind }) => kind === 'Job');
  assert.deepEqual(jobsOf('k8s/overlays/dev'), jobsOf('k8s/base'));
});
