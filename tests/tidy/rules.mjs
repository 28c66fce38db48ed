// The rules of the house that can be read off the text of the tree.

import { dirname } from 'node:path';
import { arrowOffences } from './arrows.mjs';
import { commentOffences } from './comments.mjs';
import { documentOffences } from './documents.mjs';
import { isCode, isCpp, isLock, isShort, isTest } from './files.mjs';
import { numberOffences } from './numbers.mjs';

const FILE_LINES_MAX = 300;

// The images are built from what both of these copy.
const DOCKERFILES = ['edge/Dockerfile', 'services/transaction/Dockerfile'];

const BANNED = [
  // A benchmark's load is paced by the clock.
  { text: /\b(sleep_for|SleepFor|usleep)\b/, where: (path) => isTest(path) && isCpp(path) && !path.startsWith('tests/bench/'), why: 'tests wait on a condition' },
  { text: /\bstd::cout\b/, where: isCpp, why: 'programs log through spdlog' },
  { text: /\busing namespace\b/, where: isCpp, why: 'names are spelt out or imported one by one' },
  { text: /\bdetach\(\)/, where: isCpp, why: 'every thread has an owner that joins it' },
  { text: /\bDISABLED_|\bGTEST_SKIP\b/, where: isCpp, why: 'every test runs' },
  { text: /\b(describe|it|test)\.(skip|todo|only)\b/, where: isTest, why: 'every test runs' },
  { text: /\b(TODO|FIXME)\b/, where: isCode, why: 'finish it, or file an issue' },
];

function* textOffences({ path, lines }) {
  for (const { text, why } of BANNED.filter(({ where }) => where(path))) {
    const index = lines.findIndex((line) => text.test(line));
    if (index >= 0) yield `${path}:${index + 1}: ${lines[index].trim()}: ${why}`;
  }
}

function* lengthOffences({ path, lines }) {
  const count = lines.length - 1;
  if (count > FILE_LINES_MAX) yield `${path}:${count}: has ${count} lines, more than ${FILE_LINES_MAX}: is it one job?`;
}

// npm 11 refuses a lock file without the optional packages of other platforms; npm 9 and 10 write
// and take such a file when the registry is late with those packages.
function* lockOffences({ path, lines }) {
  const { packages } = JSON.parse(lines.join('\n'));
  const locked = new Set(Object.keys(packages).map((key) => key.slice(key.lastIndexOf('node_modules/') + 'node_modules/'.length)));
  for (const [key, { dependencies, optionalDependencies }] of Object.entries(packages)) {
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      if (!locked.has(name)) yield `${path}:1: ${key} depends on ${name}, which is not locked: pin a version whose packages are all there`;
    }
  }
}

// A test that no target has is never built.
function* orphanOffences(files) {
  const text = new Map(files.map(({ path, lines }) => [path, lines.join('\n')]));
  for (const { path } of files.filter(({ path }) => path.endsWith('_test.cc') && !path.startsWith('tests/bench/'))) {
    let folder = dirname(path);
    while (folder !== '.' && !text.has(`${folder}/CMakeLists.txt`)) folder = dirname(folder);
    const targets = text.get(`${folder}/CMakeLists.txt`) ?? '';
    if (!targets.split(/[\s()]+/).includes(path.slice(folder.length + 1))) yield `${path}:1: is in no target of ${folder}/CMakeLists.txt`;
  }
}

// A part of the build that an image does not copy is missed only when somebody builds the image.
function* imageOffences(files) {
  const parts = files.map(({ path }) => path).filter((path) => /^(edge|services|proto)\/.*CMakeLists\.txt$/.test(path));
  for (const { path, lines } of files.filter(({ path }) => DOCKERFILES.includes(path))) {
    const copied = lines.filter((line) => line.startsWith('COPY ') && !line.includes('--from=')).flatMap((line) => line.split(' ').slice(1, -1));
    for (const part of parts.filter((part) => !copied.some((source) => part === source || part.startsWith(`${source}/`)))) {
      yield `${part}:1: ${path} does not copy it`;
    }
  }
}

/** Returns a line for each place of `files`, which lie below `root`, that breaks a rule: "path:line: what is wrong". */
export function findOffences(files, root) {
  return [
    ...arrowOffences(files),
    ...orphanOffences(files),
    ...imageOffences(files),
    ...files.flatMap((file) => [...textOffences(file)]),
    ...files.filter(({ path }) => isShort(path)).flatMap((file) => [...lengthOffences(file)]),
    ...commentOffences(files),
    ...numberOffences(files),
    ...documentOffences(files, root),
    ...files.filter(({ path }) => isLock(path)).flatMap((file) => [...lockOffences(file)]),
  ];
}
