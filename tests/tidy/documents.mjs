// The rules for documents: every link leads somewhere, every named test, metric and alert exists, and a line fits into a
// terminal.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDocument, isTest } from './files.mjs';

const COLUMNS_MAX = 120;

/** Yields the lines outside of code fences, with their numbers. */
function* proseOf({ lines }) {
  let isFenced = false;
  for (const [index, line] of lines.entries()) {
    const isFence = /^\s*```/.test(line);
    if (isFence) isFenced = !isFenced;
    else if (!isFenced) yield { line, number: index + 1 };
  }
}

// A link of a document that leads nowhere in this tree.
function* linkOffences(file, root) {
  for (const { line, number } of proseOf(file)) {
    for (const [, target] of line.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)) {
      const [linked] = target.split('#');
      if (linked === '' || /^[a-z]+:/.test(linked)) continue;
      if (!existsSync(join(root, dirname(file.path), linked))) yield `${file.path}:${number}: links to ${linked}, which is not there`;
    }
  }
}

// Returns whether a line cannot be broken: a row of a table, a comment that a script reads (k8s/sizing/readme.mjs), one
// link, or one word.
const isWhole = (line) => /^\s*(\||<!--)/.test(line) || /^\s*([-*] )?(!?\[[^\]]*\]\(\S+\)\S?|\S+)$/.test(line);

function* widthOffences(file) {
  for (const { line, number } of proseOf(file)) {
    const columns = [...line].length;
    if (columns > COLUMNS_MAX && !isWhole(line)) yield `${file.path}:${number}: has ${columns} columns, more than ${COLUMNS_MAX}`;
  }
}

// A test that a document names in short: `e2e/chaos`, or `api/watch_test.cc`.
function* testOffences(file, root) {
  for (const { line, number } of proseOf(file)) {
    for (const [, name] of line.matchAll(/`(e2e\/\w+|(?:api|contract|unit)\/[\w/]+_test\.cc)`/g)) {
      const path = name.endsWith('.cc') ? `tests/${name}` : `tests/${name}.test.mjs`;
      if (!existsSync(join(root, path))) yield `${file.path}:${number}: names the test ${name}, which is not there`;
    }
  }
}

// A metric, an alert or a role of PostgreSQL that a document names and nothing else does.
function* nameOffences(file, names) {
  for (const { line, number } of proseOf(file)) {
    for (const [, name] of line.matchAll(/`(ledgercast_[a-z_]+|Ledgercast[A-Z]\w+)[`{]/g)) {
      if (!names.has(name)) yield `${file.path}:${number}: names ${name}, which is nowhere else`;
    }
  }
}

const ALERTS = { rules: 'k8s/components/prometheus/rules.yaml', page: 'docs/operations/monitoring.md' };

// An alert that the page for operators does not list.
function* alertOffences(files) {
  const [rules, page] = [ALERTS.rules, ALERTS.page].map((path) => files.find((file) => file.path === path)?.lines ?? []);
  for (const [index, line] of rules.entries()) {
    const alert = /^ +- alert: (\w+)/.exec(line)?.[1];
    if (alert && !page.some((text) => text.startsWith(`| \`${alert}\` |`))) yield `${ALERTS.rules}:${index + 1}: ${alert} is not listed in ${ALERTS.page}`;
  }
}

export function documentOffences(files, root) {
  const code = files.filter(({ path }) => !isDocument(path) && !isTest(path)).flatMap(({ lines }) => lines);
  const names = new Set(code.flatMap((line) => line.match(/\b(ledgercast_[a-z_]+|Ledgercast[A-Z]\w+)\b/g) ?? []));
  const offencesOf = (file) => [...linkOffences(file, root), ...testOffences(file, root), ...nameOffences(file, names), ...widthOffences(file)];
  return [...files.filter(({ path }) => isDocument(path)).flatMap(offencesOf), ...alertOffences(files)];
}
