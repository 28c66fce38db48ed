// The rules for documents: every link leads somewhere, and a line fits into a terminal.

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDocument } from './files.mjs';

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

export function documentOffences(files, root) {
  return files.filter(({ path }) => isDocument(path)).flatMap((file) => [...linkOffences(file, root), ...widthOffences(file)]);
}
