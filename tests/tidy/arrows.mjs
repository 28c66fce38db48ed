// Who may include what.

import { isCpp, isTest } from './files.mjs';

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

function* includesOf({ lines }) {
  for (const [index, line] of lines.entries()) {
    const match = /^\s*#\s*include\s*[<"]([^>"]+)[>"]/.exec(line);
    if (match) yield { header: match[1], line: index + 1 };
  }
}

function* offencesOf(file) {
  for (const { header, line } of includesOf(file)) {
    const broken = ARROWS.find((arrow) => arrow.header(header) && !arrow.may(file.path));
    if (broken) yield `${file.path}:${line}: includes ${header}: ${broken.why}`;
  }
}

/** Includes of production code that point up. */
export function arrowOffences(files) {
  return files.filter(({ path }) => isCpp(path) && !isTest(path)).flatMap((file) => [...offencesOf(file)]);
}
