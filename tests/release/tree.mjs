// The tree that is released, and copies of it that a test may change.

import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { listAllFiles as listFiles } from '../tidy/files.mjs';

export { listFiles };

export const repository = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
export const run = promisify(execFile);

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
