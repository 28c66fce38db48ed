// The rules of the house that can be read off the text of the tree. `findOffences(root)` answers
// one line for each place that breaks one: "path:line: what is wrong".

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

const FILE_LINES_MAX = 300;

// What is built, fetched or kept by a run, not written.
const NOT_SOURCE = new Set(['.git', '.ledgercast', '.cache', 'build', 'dist', 'generated', 'node_modules', '__pycache__']);

const isCpp = (path) => /\.(cc|h)$/.test(path);
const isTypeScript = (path) => /\.tsx?$/.test(path);
const isTest = (path) => path.startsWith('tests/') || path.startsWith('edge/ui/test/') || path.startsWith('edge/client/test/');
const isShort = (path) => isCpp(path) || isTypeScript(path);
const isCode = (path) => isShort(path) || /(\.(mjs|js|sh|sql|proto|css|html|yml|yaml|cmake)|CMakeLists\.txt|Dockerfile)$/.test(path);
const isDocument = (path) => path.endsWith('.md');
const isLock = (path) => path.endsWith('package-lock.json');
const below = (...folders) => (path) => folders.some((folder) => path.startsWith(folder));

const WS_LIBRARY = 'edge/net/ws_library.h';
// By which the library comes, and those that hold it: half of the time of the edge's build, so few may.
const WS_HEADERS = new Set([WS_LIBRARY, 'edge/net/web_socket.h', 'edge/net/ws_peer.h']);
const WS_USERS = new Set([...WS_HEADERS, 'edge/net/web_socket.cc', 'edge/net/ws_shard.cc']);

// The rooms of a folder, each of which may include what stands left of it. What lies in edge/ itself wires its rooms up.
const ROOMS = {
  edge: ['protocol', 'metrics', 'net', 'http', 'delivery', 'upstream', 'sessions', 'status'],
  'services/common': ['base', 'ledger', 'auth'],
};
const roomArrows = Object.entries(ROOMS).flatMap(([folder, rooms]) =>
  rooms.map((room, index) => ({
    header: below(`${folder}/${room}/`),
    may: (path) => !below(...rooms.slice(0, index).map((left) => `${folder}/${left}/`))(path),
    why: `the rooms of ${folder} stand in a row: ${rooms.join(' ← ')}`,
  })),
);

// The images are built from what both of these copy.
const DOCKERFILES = ['edge/Dockerfile', 'services/transaction/Dockerfile'];

// Who may include what. A header that no `header` matches is anybody's. Tests may include
// everything.
const ARROWS = [
  { header: below('services/transaction/postgres/'), may: below('services/transaction/postgres/', 'services/transaction/server.', 'services/transaction/options.', 'services/transaction/prepare_database.', 'services/cli/'), why: 'only the server, what it starts with, its options and the CLI wire up PostgreSQL; the rest knows the store interface' },
  { header: below('services/transaction/'), may: below('services/transaction/', 'services/cli/'), why: 'the edge knows the service by its protocol only, and services/common knows nobody' },
  { header: below('services/cli/'), may: below('services/cli/'), why: 'nothing is built on the CLI' },
  { header: below('edge/'), may: below('edge/'), why: 'nothing is built on the edge' },
  ...roomArrows,
  { header: (header) => /^edge\/[^/]+$/.test(header), may: (path) => /^edge\/[^/]+$/.test(path), why: 'no room of the edge knows how it is wired up' },
  { header: below('tests/'), may: () => false, why: 'production code never includes tests' },
  { header: below('pqxx'), may: below('services/transaction/postgres/'), why: 'SQL lives in services/transaction/postgres' },
  { header: below('websocketpp/'), may: (path) => path === WS_LIBRARY, why: `the WebSocket library comes by ${WS_LIBRARY} only` },
  { header: (header) => WS_HEADERS.has(header), may: (path) => WS_USERS.has(path), why: 'the WebSocket library is the business of the shards' },
  { header: (header) => /^asio(\/|\.hpp$)/.test(header), may: (path) => path === WS_LIBRARY || path.startsWith('edge/net/event_socket.'), why: 'sockets are the business of the shards' },
  { header: (header) => header.endsWith('.grpc.pb.h'), may: below('services/transaction/api/', 'services/cli/', 'edge/upstream/grpc_'), why: 'generated RPC code is for where RPCs are served or called' },
];

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

/** Paths of all written files below `root`, with forward slashes. */
export function listFiles(root) {
  const paths = [];
  const visit = (folder) => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !NOT_SOURCE.has(entry.name)) visit(path);
      if (entry.isFile()) paths.push(relative(root, path).split(sep).join('/'));
    }
  };
  visit(root);
  // This folder holds the banned words as words.
  return paths.filter((path) => (isCode(path) || isLock(path) || isDocument(path)) && !path.startsWith('tests/tidy/')).sort();
}

function* includesOf({ lines }) {
  for (const [index, line] of lines.entries()) {
    const match = /^\s*#\s*include\s*[<"]([^>"]+)[>"]/.exec(line);
    if (match) yield { header: match[1], line: index + 1 };
  }
}

function* arrowOffences(file) {
  for (const { header, line } of includesOf(file)) {
    const broken = ARROWS.find((arrow) => arrow.header(header) && !arrow.may(file.path));
    if (broken) yield `${file.path}:${line}: includes ${header}: ${broken.why}`;
  }
}

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

// A link of a document that leads nowhere in this tree.
function* linkOffences({ path, lines }, root) {
  let isQuoted = false;
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('```')) isQuoted = !isQuoted;
    for (const [, target] of isQuoted ? [] : line.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)) {
      const [file] = target.split('#');
      if (file === '' || /^[a-z]+:/.test(file)) continue;
      if (!existsSync(join(root, dirname(path), file))) yield `${path}:${index + 1}: links to ${file}, which is not there`;
    }
  }
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

export function findOffences(root) {
  const files = listFiles(root).map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').split('\n') }));
  const production = files.filter(({ path }) => isCpp(path) && !isTest(path));
  return [
    ...production.flatMap((file) => [...arrowOffences(file)]),
    ...orphanOffences(files),
    ...imageOffences(files),
    ...files.flatMap((file) => [...textOffences(file)]),
    ...files.filter(({ path }) => isShort(path)).flatMap((file) => [...lengthOffences(file)]),
    ...files.filter(({ path }) => isDocument(path)).flatMap((file) => [...linkOffences(file, root)]),
    ...files.filter(({ path }) => isLock(path)).flatMap((file) => [...lockOffences(file)]),
  ];
}
