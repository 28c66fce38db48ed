// Tests that each rule fails on a manifest that breaks it, and names the object and what to do.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import ofObjects from './mutations/objects.mjs';
import ofPods from './mutations/pods.mjs';
import ofSettings from './mutations/settings.mjs';
import { render, renderWith } from './render.mjs';
import { offences, ruleNames } from './rules.mjs';

const mutations = [...ofPods, ...ofSettings, ...ofObjects];
const rendered = {};

before(async () => {
  rendered.base = await render('');
  rendered.production = await render('overlays/production');
  rendered.ingress = await renderWith(['ingress']);
});

// kustomize appends a hash to a ConfigMap's name.
const isCalled = ({ metadata }, kind, name) => (kind === 'ConfigMap' ? metadata.name.replace(/-[a-z0-9]{10}$/, '') : metadata.name) === name;

for (const [rule, what, where, change, expected] of mutations) {
  test(`${rule}: ${what}`, () => {
    const objects = structuredClone(rendered[where]);
    const find = (kind, name) => objects.find((object) => object.kind === kind && isCalled(object, kind, name));
    change(find, objects);
    const said = offences(objects).filter((offence) => offence.rule === rule).map(({ text }) => text);
    assert.ok(said.some((text) => expected.test(text)), `said: ${said.join('\n') || 'nothing'}`);
    for (const text of said) assert.match(text, /^[A-Za-z]+\/[\w.-]+: [a-z_]+: .+/);
  });
}

test('every rule has manifests that break it', () => {
  assert.deepEqual(ruleNames.filter((name) => !mutations.some(([rule]) => rule === name)), []);
});
