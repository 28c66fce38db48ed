// Tests that the schemas are strict: a misspelt field is found in any object and at any depth.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { kindsOf } from './kinds.mjs';
import { render, renderWith } from './render.mjs';
import { schemaCheckOf } from './schemas.mjs';
import { unknownFieldsOf } from './types.mjs';

// Maps whose keys the user chooses.
const FREE_MAPS = new Set(['annotations', 'data', 'labels', 'limits', 'matchLabels', 'parameters', 'requests', 'spec.selector']);

let objects;
let check;

before(async () => {
  objects = structuredClone([...new Set([await render(''), await render('overlays/production'), await renderWith(['ingress'])].flat())]);
  check = await schemaCheckOf(objects);
});

/** Yields each object inside a value, with its path. */
function* mapsIn(value, path = []) {
  if (Array.isArray(value)) {
    for (const [index, element] of value.entries()) yield* mapsIn(element, [...path, index]);
  } else if (typeof value === 'object' && value !== null) {
    yield [path, value];
    for (const [key, field] of Object.entries(value)) yield* mapsIn(field, [...path, key]);
  }
}

const isFree = (kind, path) => FREE_MAPS.has(path.at(-1)) || (kind === 'Service' && FREE_MAPS.has(path.join('.')));

test('a field that does not exist is found wherever it is added', () => {
  const unknownFields = unknownFieldsOf(kindsOf(objects));
  let added = 0;
  for (const object of objects) {
    for (const [path, map] of mapsIn(object)) {
      if (isFree(object.kind, path)) continue;
      map.misspelt = true;
      const found = unknownFields(object);
      delete map.misspelt;
      assert.equal(found.length, 1, `${object.kind} ${path.join('.')}: found ${found}`);
      assert.ok(found[0].endsWith('misspelt'), found[0]);
      added += 1;
    }
  }
  assert.ok(added > 500, `${added} places`);
});

/** Returns what the check says about the first object of that kind after a change. */
function saidOf(kind, change) {
  const copy = structuredClone(objects.find((object) => object.kind === kind));
  change(copy);
  return check([copy]).join('\n');
}

const FAULTS = [
  ['Deployment', 'spec.template.spec.containers[0].livnessProbe', ({ spec }) => { spec.template.spec.containers[0].livnessProbe = {}; }],
  ['NetworkPolicy', 'spec.policyType', ({ spec }) => { spec.policyType = ['Egress']; }],
  ['HTTPRoute', 'spec.rules[0].timeout', ({ spec }) => { spec.rules[0].timeout = {}; }],
  ['Cluster', 'spec.postgresql.synchronous.durability', ({ spec }) => { spec.postgresql.synchronous.durability = 'required'; }],
  ['Certificate', 'spec.dnsName', ({ spec }) => { spec.dnsName = 'edge'; }],
  ['Issuer', 'spec.selfsigned', ({ spec }) => { spec.selfsigned = {}; }],
  ['Deployment', 'spec.replicas must be integer', ({ spec }) => { spec.replicas = '2'; }],
  ['Deployment', 'spec must have required property selector', ({ spec }) => { delete spec.selector; }],
  ['HTTPRoute', 'spec.rules.0.matches.0.path.type must be equal to one of', ({ spec }) => { spec.rules[0].matches[0].path.type = 'Glob'; }],
  ['Cluster', 'spec.postgresql.synchronous.method must be equal to one of', ({ spec }) => { spec.postgresql.synchronous.method = 'all'; }],
  ['Certificate', 'spec.usages.0 must be equal to one of', ({ spec }) => { spec.usages = ['server']; }],
];

for (const [kind, expected, change] of FAULTS) {
  test(`${kind}: ${expected}`, () => {
    const said = saidOf(kind, change);
    assert.ok(said.startsWith(`${kind}/`) && said.includes(expected), said);
  });
}

test('a kind whose schema is not known is refused', async () => {
  await assert.rejects(schemaCheckOf([{ apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'x' } }]), /no schema is known/);
});
