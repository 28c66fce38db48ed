#!/usr/bin/env node
// Fills the tables of k8s/README.md and k8s/sizing/README.md in anew: each stands between the comment that names its command and `<!-- end -->`.
// With --check nothing is written, and the exit status tells whether it would have been.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const READMES = ['k8s/README.md', 'k8s/sizing/README.md'];
const root = fileURLToPath(new URL('../..', import.meta.url));
const BLOCK = /<!-- (node k8s\/sizing\/simulate\.mjs[^\n]*) -->\n[\s\S]*?<!-- end -->/g;

/** The text with every table as its command prints it now; `count` of them. */
export function fillIn(text) {
  let count = 0;
  const filled = text.replace(BLOCK, (_, command) => {
    count++;
    const [program, ...args] = command.split(' ');
    const printed = execFileSync(program, args, { cwd: root, encoding: 'utf8' });
    return `<!-- ${command} -->\n${printed === '' ? '' : `\n${printed}\n`}<!-- end -->`;
  });
  return { filled, count };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const path of READMES.map((name) => join(root, name))) {
    const text = readFileSync(path, 'utf8');
    const { filled } = fillIn(text);
    if (!process.argv.includes('--check')) writeFileSync(path, filled);
    else if (filled !== text) process.exitCode = 1;
  }
}
