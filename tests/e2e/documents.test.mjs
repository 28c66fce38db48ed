// Tests that documents name only flags, errors, tests and headings that exist.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { commandsFrom, flagsOf, helpOf, PROGRAMS } from '../../docs/help.mjs';
import { blocksOf, codeSpansOf, commandsIn } from './markdown.mjs';
import { repository } from './processes.mjs';

const read = (path) => readFileSync(join(repository, path), 'utf8');
const DOCUMENTS = ['README.md', ...readdirSync(join(repository, 'docs'), { recursive: true }).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`)];

const FLAG = /(?<![\w-])--[a-z][a-z-]*[a-z]\b/g;
// These names in capitals are neither reasons nor codes.
const OTHER_NAMES = /^(LEDGERCAST_[A-Z_]+|KUBERNETES_SERVICE_(HOST|PORT)|LC_CHECK)$/;

const flagsOfPrograms = new Set(['--help', ...PROGRAMS.flatMap((program) => commandsFrom([program])).flatMap((command) => flagsOf(helpOf(command)).flatMap(({ names }) => names))]);
// The two scripts that users run explain themselves.
const flagsOfScripts = new Set(['run.sh', 'test.sh'].flatMap((script) => read(script).match(FLAG) ?? []));

/** Returns the flags that a document says that our programs have, with where it says so. */
function flagsNamedIn(path) {
  // A flag alone is meant of our programs. A command is ours if it begins with one of them.
  const spans = codeSpansOf(path).filter(({ text }) => text.startsWith('--') || /^(ledgercast|\.\/run\.sh|\.\/test\.sh)/.test(text));
  const commands = blocksOf(path).flatMap(({ text, number }) => commandsIn(text).map((command) => ({ text: command.replace(/\s#.*$/, ''), number })));
  return [...spans, ...commands.filter(({ text }) => /^(ledgercast|\.\/run\.sh|\.\/test\.sh)/.test(text))]
    .flatMap(({ text, number }) => (text.match(FLAG) ?? []).map((flag) => ({ flag, place: `${path}:${number}` })));
}

test('every flag that a document names is one of ours', () => {
  const named = DOCUMENTS.flatMap(flagsNamedIn);
  assert.ok(named.length > 100);
  assert.deepEqual(named.filter(({ flag }) => !flagsOfPrograms.has(flag) && !flagsOfScripts.has(flag)), []);
});

test('every error that a document names is in the protocol', () => {
  const protocol = new Set(read('docs/protocol.md').match(/\b[A-Z]+(_[A-Z]+)*\b/g));
  const named = DOCUMENTS.flatMap((path) => codeSpansOf(path).map(({ text, number }) => ({ text, place: `${path}:${number}` })));
  const errors = named.filter(({ text }) => /^[A-Z]+(_[A-Z]+)+$/.test(text) && !OTHER_NAMES.test(text));
  assert.ok(errors.length > 50);
  assert.deepEqual(errors.filter(({ text }) => !protocol.has(text)), []);
});

test('every file that a document names in code exists', () => {
  const paths = DOCUMENTS.flatMap((path) => codeSpansOf(path).map(({ text, number }) => ({ text: text.split(' ')[0], place: `${path}:${number}` })));
  const files = paths.filter(({ text }) => /^(tests|docs|services|edge|k8s|proto)\/[\w./-]+\.\w+$/.test(text));
  assert.ok(files.length > 20);
  assert.deepEqual(files.filter(({ text }) => !existsSync(join(repository, text))), []);
});

/** Returns the anchor that a heading gets, as GitHub makes it. */
const anchorOf = (heading) => heading.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');

test('every link to a heading leads to one', () => {
  const broken = [];
  for (const path of [...DOCUMENTS, 'CONTRIBUTING.md', 'SECURITY.md', 'tests/README.md', 'edge/README.md', 'services/cli/README.md', 'services/transaction/README.md'].filter((name) => existsSync(join(repository, name)))) {
    for (const [, target, anchor] of read(path).replace(/^ *```[\s\S]*?^ *```/gm, '').matchAll(/\]\(([^)\s#:]*)#([^)\s]+)\)/g)) {
      const file = target === '' ? path : join(dirname(path), target);
      if (!file.endsWith('.md') || !existsSync(join(repository, file))) continue;
      const anchors = [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading));
      if (!anchors.includes(anchor)) broken.push(`${path}: ${target}#${anchor}`);
    }
  }
  assert.deepEqual(broken, []);
});
