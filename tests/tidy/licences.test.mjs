// Checks the tree against licences.mjs, and licences.mjs against trees that break each rule.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { listAllFiles } from './files.mjs';
import { findLicenceFaults } from './licences.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = new Map(listAllFiles(root).map((path) => [path, readFileSync(join(root, path), 'utf8')]));

test('every file has a licence, whose text is there', () => {
  assert.deepEqual(findLicenceFaults(files), []);
});

const MUTATIONS = [
  ['a file that was copied with its licence', 'edge/copied.h', '// Copyright (c) 2012 Somebody. All rights reserved.\n', /edge\/copied.h states a copyright of its own/],
  ['a file that states another licence', 'edge/copied.h', `// SPDX-License-${'Identifier'}: MIT\n`, /states a copyright of its own/],
  ['a package of another licence', 'edge/client/package.json', '{ "license": "MIT" }', /does not say Apache-2.0/],
  ['a licence of nothing', 'LICENSES/MIT.txt', 'text', /the licence of nothing/],
  ['a table for what is gone', 'REUSE.toml', `${files.get('REUSE.toml')}[[annotations]]\npath = "gone/**"\nSPDX-FileCopyrightText = "2000 X"\nSPDX-License-Identifier = "Apache-2.0"\n`, /gone\/\*\*, which is not there/],
  ['a licence without its text', 'REUSE.toml', `${files.get('REUSE.toml')}[[annotations]]\npath = "proto/**"\nSPDX-FileCopyrightText = "2000 X"\nSPDX-License-Identifier = "MIT"\n`, /LICENSES\/MIT.txt is missing/],
  ['a table without a licence', 'REUSE.toml', `${files.get('REUSE.toml')}[[annotations]]\npath = "proto/**"\nSPDX-FileCopyrightText = "2000 X"\n`, /says too little/],
  ['two texts of one licence', 'LICENSE', 'text', /differ/],
];

for (const [what, path, text, expected] of MUTATIONS) {
  test(`finds ${what}`, () => assert.match(findLicenceFaults(new Map([...files, [path, text]])).join('\n'), expected));
}
