// Kustomizations as objects: those of the tree, and any components on the base.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { buildText } from './kubectl.mjs';

export const manifests = fileURLToPath(new URL('../../k8s', import.meta.url));

/** As Kubernetes reads YAML, which is version 1.1: 0440 is octal, and `no` is false. */
export function parse(text) {
  return parseAllDocuments(text, { version: '1.1' }).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS();
  }).filter((object) => object !== null);
}

/** The objects of a folder below k8s/; '' is k8s/ itself. */
export async function render(folder, command) {
  return parse(await buildText(join(manifests, folder), command));
}

/** The objects of the base with these components and lines, as an overlay of the user's would have them. */
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
