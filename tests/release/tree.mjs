// The tree that is released, and copies of it that a test may change.

import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
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

// What the scripts of a release read or write.
const RELEASED = /(^|\/)(VERSION|Dockerfile|checksums|[^/]*\.(md|ya?ml|json|sh|sql))$/;

/** Calls `use` with a copy of the files of the tree that a release is about, or of all. It may change them. */
export async function withCopy(use, { all = false } = {}) {
  const folder = makeFolder();
  try {
    for (const path of listFiles(repository).filter((each) => all || RELEASED.test(each))) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      copyFileSync(join(repository, path), join(folder, path));
    }
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
