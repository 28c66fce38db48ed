// The tree that is released, and copies of it that a test may change.

import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
export const run = promisify(execFile);

// What is built, fetched or kept by a run, not written.
const NOT_SOURCE = new Set(['.git', '.ledgercast', '.cache', 'build', 'dist', 'generated', 'node_modules', '__pycache__']);

/** Paths of all written files below `root`. */
export function listFiles(root) {
  const paths = [];
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (NOT_SOURCE.has(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      else paths.push(relative(root, path));
    }
  };
  visit(root);
  return paths.sort();
}

export const read = (root, path) => readFileSync(join(root, path), 'utf8');
export const readVersion = (root = repository) => read(root, 'VERSION').trim();

export function makeFolder() {
  return mkdtempSync(join(tmpdir(), 'ledgercast-release-'));
}

/** Calls `use` with a copy of the tree, which it may change. */
export async function withCopy(use) {
  const folder = makeFolder();
  try {
    cpSync(repository, folder, { recursive: true, filter: (path) => !NOT_SOURCE.has(basename(path)) });
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
