// Tests that docs/dependencies.md has a line for every dependency, with the version and the licence that it has.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { recordOf } from '../../release/dpkg.mjs';
import { listFiles, read, repository } from './tree.mjs';

const SECTIONS = { programs: 'Debian packages in the programs', run: 'Debian packages that build and run', packages: 'Debian packages that make packages', tests: 'Debian packages for tests', shipped: 'npm packages in the page and the client', tools: 'npm packages that build and test' };
const RELEASES = ['12', '13'];
const NONE = '–';
const CHANGES_OFTEN = 'newest';
// Only a file of this package is taken: services/dev/promtool.sh.
const NOT_INSTALLED = ['prometheus'];
// Node.js may come from another source than Debian.
const OTHER_SOURCE = ['nodejs'];

// How Debian's copyright files name a licence.
const IN_DEBIAN = {
  'Apache-2.0': /\bApache\b/,
  'Apache-2.0 WITH LLVM-exception': /LLVM/i,
  'Artistic-2.0': /Artistic-2/,
  'BSD-2-Clause': /BSD-2-Clause/,
  'BSD-3-Clause': /BSD-(3|C3)-?/i,
  'BSL-1.0': /Boost/,
  'GPL-2.0': /GPL-2|General Public License/,
  'GPL-3.0': /GPL-3/,
  ISC: /\bISC\b|Permission to use, copy, modify, and\/or distribute/,
  'LGPL-2.1': /LGPL-2\.1/,
  MIT: /Expat|MIT/,
  'MPL-2.0': /MPL-2\.0/,
  PostgreSQL: /PostgreSQL|GPL-2\+/,
  Zlib: /zlib/i,
  curl: /\bcurl\b/,
};
const MAY_NOT_BE_LINKED = /^(A?GPL|SSPL|BUSL)/;

const document = read(repository, 'docs/dependencies.md');

/** Returns the rows of a section's table, by package. */
function rowsOf(text, heading) {
  const [, section] = new RegExp(`^## ${heading}\n([^]*?)(?=^## |$(?![^]))`, 'm').exec(text) ?? [];
  assert.ok(section, `there is no section "${heading}"`);
  const rows = [...section.matchAll(/^\| `([^`]+)` \|(.*)\|$/gm)].map(([, name, rest]) => [name, rest.split(' | ').map((cell) => cell.trim())]);
  assert.equal(new Map(rows).size, rows.length, `${heading} names a package twice`);
  return new Map(rows);
}

const debianRows = (text) => new Map(['programs', 'run', 'packages', 'tests'].flatMap((section) => [...rowsOf(text, SECTIONS[section])]));
const npmRows = (text) => new Map(['shipped', 'tools'].flatMap((section) => [...rowsOf(text, SECTIONS[section])]));

const listPackages = (kind) => execFileSync(join(repository, 'services/dev/packages.sh'), ['list', kind], { encoding: 'utf8' }).trim().split('\n');

/** Returns the library's version in a version of Debian: 1.3.1 of 1:1.3.dfsg+really1.3.1-1+deb13u1. */
const upstreamOf = (version) => version.replace(/^\d+:/, '').replace(/-[^-]*$/, '').replace(/^.*\+really/, '').replace(/[+~].*$/, '').replace(/\.dfsg$/, '');
const isVersion = (cell, version) => cell === CHANGES_OFTEN || version === cell || version.startsWith(`${cell}.`);

function findDebianFaults(text, release) {
  const column = RELEASES.indexOf(release);
  const rows = debianRows(text);
  const wanted = [...new Set([...listPackages('test'), ...listPackages('package')])];
  const faults = wanted.filter((name) => !rows.has(name)).map((name) => `${name} has no line`);
  for (const [name, cells] of rows) {
    const [licence, why] = cells.slice(RELEASES.length);
    if (!why) faults.push(`${name} has no reason`);
    if (!IN_DEBIAN[licence]) faults.push(`${name} has a licence that this test does not know: ${licence}`);
    if (NOT_INSTALLED.includes(name) || column < 0) continue;
    if ((cells[column] !== NONE) !== wanted.includes(name)) faults.push(`${name} is "${cells[column]}" on Debian ${release}, but packages.sh says otherwise`);
    const record = recordOf(name);
    if (!record || OTHER_SOURCE.includes(name)) continue;
    if (!isVersion(cells[column], upstreamOf(record.version))) faults.push(`${name} is ${record.version} on Debian ${release}, not ${cells[column]}`);
    if (!IN_DEBIAN[licence]?.test(readFileSync(`/usr/share/doc/${name}/copyright`, 'utf8'))) faults.push(`${name} is not under ${licence}, as its copyright file says`);
  }
  return faults;
}

function findNpmFaults(text) {
  const rows = npmRows(text);
  const used = new Map();
  for (const path of listFiles(repository).filter((each) => /(^|\/)package\.json$/.test(each))) {
    const folder = path.replace(/\/package\.json$/, '');
    const { packages } = JSON.parse(read(repository, `${folder}/package-lock.json`));
    for (const name of Object.keys({ ...packages[''].dependencies, ...packages[''].devDependencies })) {
      const { version, license } = packages[`node_modules/${name}`];
      used.set(name, [...(used.get(name) ?? []), { folder, version, license }]);
    }
  }
  const faults = [...rows.keys()].filter((name) => !used.has(name)).map((name) => `${name} is not used`);
  for (const [name, uses] of used) {
    const [version, licence, where, why] = rows.get(name) ?? [];
    if (version === undefined) faults.push(`${name} has no line`);
    else if (uses.some((use) => use.version !== version || use.license !== licence)) faults.push(`${name} is ${JSON.stringify(uses)}, not ${version}, ${licence}`);
    else if (where !== uses.map(({ folder }) => `\`${folder}\``).join(', ') || !why) faults.push(`${name} lacks its folders or its reason`);
  }
  return faults;
}

const thisRelease = () => /^VERSION_ID="?(\d+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];

test('every Debian package has a line, with the version and licence that it has here', () => {
  assert.deepEqual(findDebianFaults(document, thisRelease()), []);
});

test('every npm package has a line, with the version and licence that it has', () => {
  assert.deepEqual(findNpmFaults(document), []);
});

test('what the programs are linked with is listed as such, and none of it is under the GPL', () => {
  const rows = rowsOf(document, SECTIONS.programs);
  const libraries = listPackages('build').filter((name) => /^lib|-dev$/.test(name));
  assert.deepEqual(libraries.filter((name) => !rows.has(name)), []);
  for (const [name, cells] of rows) assert.doesNotMatch(cells[RELEASES.length], MAY_NOT_BE_LINKED, name);
  for (const [name, [, licence]] of rowsOf(document, SECTIONS.shipped)) assert.doesNotMatch(licence, MAY_NOT_BE_LINKED, name);
});

test('what the page and the client contain is listed as such', () => {
  const { dependencies } = JSON.parse(read(repository, 'edge/ui/package.json'));
  const imports = listFiles(join(repository, 'edge/client/src')).flatMap((path) => [...read(repository, `edge/client/src/${path}`).matchAll(/^import [^;]* from '(@?[a-z][\w-]*(?:\/[\w-]+)?)/gm)].map(([, name]) => name));
  assert.ok(imports.length > 0);
  assert.deepEqual([...rowsOf(document, SECTIONS.shipped).keys()].sort(), [...new Set([...Object.keys(dependencies), ...imports])].sort());
});

const without = (name) => document.replace(new RegExp(`^\\| \`${name}\` .*\n`, 'm'), '');
const DEBIAN = thisRelease();

const FAULTS = [
  ['a Debian package without a line', without('libsodium-dev'), /^libsodium-dev has no line$/],
  ['an npm package without a line', without('react'), /^react has no line$/],
  ['a package that is no longer used', document.replace('| `react` |', '| `left-pad` | 1.0.0 | MIT | `edge/ui` | pads |\n| `react` |'), /^left-pad is not used$/],
  ['a licence that is another', document.replace(/^(\| `zlib1g-dev` .*) Zlib /m, '$1 PostgreSQL '), /^zlib1g-dev is not under PostgreSQL/],
  ['a version that is another', document.replace(/^(\| `libabsl-dev` \|) \S+ \| \S+/m, '$1 1.2.3 | 1.2.3'), /^libabsl-dev is .* not 1\.2\.3$/],
  ['a version of npm that is another', document.replace(/^(\| `uplot` \|) \S+/m, '$1 0.0.1'), /^uplot is .* not 0\.0\.1, MIT$/],
  ['a line without a reason', document.replace(/^(\| `cmake` .*\|) [^|]+ \|$/m, '$1  |'), /^cmake has no reason$/],
];

for (const [what, changed, expected] of FAULTS) {
  test(`finds ${what}`, () => {
    const known = [...findDebianFaults(document, DEBIAN), ...findNpmFaults(document)];
    const found = [...findDebianFaults(changed, DEBIAN), ...findNpmFaults(changed)].filter((fault) => !known.includes(fault));
    assert.match(found.join('\n'), expected);
  });
}
