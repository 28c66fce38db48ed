// The files of the tree, and their kinds.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

// What is built, fetched or kept by a run, not written.
const NOT_SOURCE = new Set(['.git', '.ledgercast', '.cache', 'build', 'dist', 'generated', 'node_modules', '__pycache__']);

export const isCpp = (path) => /\.(cc|h)$/.test(path);
export const isTypeScript = (path) => /\.tsx?$/.test(path);
export const isTest = (path) => path.startsWith('tests/') || path.startsWith('edge/ui/test/') || path.startsWith('edge/client/test/');
export const isShort = (path) => isCpp(path) || isTypeScript(path);
export const isCode = (path) => isShort(path) || /(\.(mjs|js|sh|sql|proto|css|html|yml|yaml|cmake)|CMakeLists\.txt|Dockerfile)$/.test(path);
export const isDocument = (path) => path.endsWith('.md');
export const isLock = (path) => path.endsWith('package-lock.json');

/** Paths of all files below `root` that were not built, with forward slashes. */
export function listAllFiles(root) {
  const paths = [];
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !NOT_SOURCE.has(entry.name)) visit(path);
      if (entry.isFile()) paths.push(relative(root, path).split(sep).join('/'));
    }
  };
  visit(root);
  return paths.sort();
}

/** Paths of all written files below `root`. */
export function listFiles(root) {
  // This folder holds the banned words as words.
  return listAllFiles(root).filter((path) => (isCode(path) || isLock(path) || isDocument(path)) && !path.startsWith('tests/tidy/'));
}

/** Each written file below `root`, with its lines. */
export function readFiles(root) {
  return listFiles(root).map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').split('\n') }));
}
