// Renders kustomizations to objects: those of the repository, and the base with any components.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { buildText } from './kubectl.mjs';

export const manifests = fileURLToPath(new URL('../../k8s', import.meta.url));

// Most kustomizations share most of their objects, so each text is parsed once.
const parsed = new Map();

/** Parses YAML 1.1, as Kubernetes does: 0440 is octal, and `no` is false. */
function parseObject(text) {
  const document = parseDocument(text, { version: '1.1' });
  if (document.errors.length > 0) throw document.errors[0];
  return document.toJS();
}

/** Returns the objects in a text. Equal ones are the same object, so copy an object before you change it. */
export function parse(text) {
  return text.split(/^---$/m).map((document) => {
    if (!parsed.has(document)) parsed.set(document, parseObject(document));
    return parsed.get(document);
  }).filter((object) => object !== null);
}

/** Returns the objects of a folder below k8s/. '' is k8s/ itself. */
export async function render(folder, command) {
  return parse(await buildText(join(manifests, folder), command));
}

/** Returns the objects of the base with these components and lines, as a user's overlay may have them. */
export async function renderWith(components, lines = []) {
  const folder = mkdtempSync(join(tmpdir(), 'ledgercast-k8s-'));
  try {
    const to = (path) => relative(folder, join(manifests, path));
    writeFileSync(join(folder, 'kustomization.yaml'), [
      'apiVersion: kustomize.config.k8s.io/v1beta1',
      'kind: Kustomization',
      'resources:', `  - ${to('base')}`,
      'components:', ...components.map((name) => `  - ${to(`components/${name}`)}`),
      ...lines, '',
    ].join('\n'));
    return parse(await buildText(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
