// Tests that documents name only flags, errors, tests and headings that exist.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { commandsFrom, flagsOf, helpOf, PROGRAMS } from '../../docs/help.mjs';
import { blocksOf, codeSpansOf, commandsIn } from './markdown.mjs';
import { repository } from './processes.mjs';

const read = (path) => readFileSync(join(repository, path), 'utf8');
const pages = readdirSync(join(repository, 'docs'), { recursive: true }).filter((name) => name.endsWith('.md'));
const DOCUMENTS = ['README.md', ...pages.map((name) => `docs/${name}`)];
// These pages link to headings of the documents.
const OTHERS = ['CONTRIBUTING.md', 'tests/README.md', 'edge/README.md', 'edge/client/README.md', 'edge/ui/README.md', 'k8s/README.md']
  .concat(['services/cli/README.md', 'services/transaction/README.md']);

const FENCED = /^ *```[\s\S]*?^ *```/gm;
const FLAG = /(?<![\w-])--[a-z][a-z-]*[a-z]\b/g;
// These names in capitals are neither reasons nor codes: variables of ours and of Kubernetes, a macro, a category of buf.
const OTHER_NAMES = /^(LEDGERCAST_[A-Z_]+|KUBERNETES_SERVICE_(HOST|PORT)|LC_CHECK|WIRE_JSON)$/;

const commands = PROGRAMS.flatMap((program) => commandsFrom([program]));
const flagsOfPrograms = new Set(['--help', ...commands.flatMap((command) => flagsOf(helpOf(command)).flatMap(({ names }) => names))]);
// The scripts that users run explain themselves.
const flagsOfScripts = new Set(['run.sh', 'test.sh', 'packaging/ledgercast-setup'].flatMap((script) => read(script).match(FLAG) ?? []));

/** Returns the flags that a document says that our programs have, with where it says so. */
function flagsNamedIn(path) {
  const isOurs = (text) => /^(ledgercast|\.\/run\.sh|\.\/test\.sh)/.test(text);
  // A flag that stands alone is meant of our programs.
  const spans = codeSpansOf(path).filter(({ text }) => text.startsWith('--') || isOurs(text));
  const lines = blocksOf(path).flatMap(({ text, number }) => commandsIn(text).map((line) => ({ text: line.replace(/\s#.*$/, ''), number })));
  return [...spans, ...lines.filter(({ text }) => isOurs(text))]
    .flatMap(({ text, number }) => (text.match(FLAG) ?? []).map((flag) => ({ flag, place: `${path}:${number}` })));
}

test('every flag that a document names is one of ours', () => {
  const named = DOCUMENTS.flatMap(flagsNamedIn);
  assert.ok(named.length > 100);
  assert.deepEqual(named.filter(({ flag }) => !flagsOfPrograms.has(flag) && !flagsOfScripts.has(flag)), []);
});

test('every error that a document names is in the protocol', () => {
  const protocol = new Set(read('docs/protocol.md').match(/\b[A-Z]+(_[A-Z]+)*\b/g));
  const named = DOCUMENTS.flatMap((path) => {
    // A page explains the variables of its own commands.
    const variables = new Set(blocksOf(path).flatMap(({ text }) => text.match(/(?<=\$\{?)[A-Z_]+|[A-Z_]+(?==)/g) ?? []));
    const spans = codeSpansOf(path).filter(({ text }) => !variables.has(text));
    return spans.map(({ text, number }) => ({ text, place: `${path}:${number}` }));
  });
  const errors = named.filter(({ text }) => /^[A-Z]+(_[A-Z]+)+$/.test(text) && !OTHER_NAMES.test(text));
  assert.ok(errors.length > 50);
  assert.deepEqual(errors.filter(({ text }) => !protocol.has(text)), []);
});

test('every file that a document names in code exists', () => {
  const spans = DOCUMENTS.flatMap((path) => codeSpansOf(path).map((span) => ({ ...span, path })));
  const files = spans.map(({ text, number, path }) => ({ text: text.split(' ')[0], place: `${path}:${number}` })).filter(({ text }) => /^(tests|docs|services|edge|k8s|proto)\/[\w./-]+\.\w+$/.test(text));
  assert.ok(files.length > 20);
  assert.deepEqual(files.filter(({ text }) => !existsSync(join(repository, text))), []);
});

/** Returns the anchors of a page's headings, as GitHub makes them: the second of one name ends with -1. */
function anchorsOf(text) {
  const counts = new Map();
  return [...text.replace(FENCED, '').matchAll(/^#+ (.*)$/gm)].map(([, heading]) => {
    const anchor = heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');
    const count = counts.get(anchor) ?? 0;
    counts.set(anchor, count + 1);
    return count === 0 ? anchor : `${anchor}-${count}`;
  });
}

test('every link to a heading leads to one', () => {
  const broken = [];
  for (const path of [...DOCUMENTS, ...OTHERS]) {
    for (const [, target, anchor] of read(path).replace(FENCED, '').matchAll(/\]\(([^)\s#:]*)#([^)\s]+)\)/g)) {
      const file = target === '' ? path : join(dirname(path), target);
      if (!file.endsWith('.md') || !existsSync(join(repository, file))) continue;
      if (!anchorsOf(read(file)).includes(anchor)) broken.push(`${path}: ${target}#${anchor}`);
    }
  }
  assert.deepEqual(broken, []);
});
