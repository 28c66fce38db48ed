// Tests that the job on coming Debian releases names the library at which a build stopped.

import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolder, repository, run } from './tree.mjs';

async function findIn(log) {
  const folder = makeFolder();
  try {
    writeFileSync(join(folder, 'log'), log);
    const { stdout } = await run(join(repository, 'services/dev/failing_library.sh'), [join(folder, 'log')]);
    return stdout.trimEnd();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const CASES = [
  [
    'a package that is gone',
    'Reading package lists...\nE: Unable to locate package libwebsocketpp-dev\n',
    /^apt-get: E: Unable to locate package libwebsocketpp-dev$/,
  ],
  [
    'a package that CMake does not find',
    'CMake Error at CMakeLists.txt:29 (find_package):\n  Could not find a package configuration file provided by "gRPC" with any\n',
    /^CMake: Could not find a package configuration file provided by "gRPC"$/,
  ],
  [
    'an error in a header of a library',
    '/usr/include/asio/io_context.hpp:12:3: error: no member ‘post’ in ‘x<int>’\n/src/edge/a.cc:1:1: error: second\n',
    /^`libasio-dev` \S+: <code>.*no member ‘post’ in ‘x&lt;int&gt;’<\/code>$/,
  ],
  [
    'an error in our source about a name of a library',
    '/src/edge/net/tcp.cc:40:9: error: ‘get_io_service’ is not a member of ‘websocketpp::lib::asio’\n',
    /^`libwebsocketpp-dev` \S+: <code>\/src\/edge\/net\/tcp\.cc:40:9/,
  ],
  [
    'an error in our source that a header leads to',
    'In file included from /usr/include/spdlog/spdlog.h:12,\n                 from /src/edge/main.cc:3:\n/src/edge/main.cc:9:1: error: expected ‘;’\n',
    /^`libspdlog-dev` \S+: <code>/,
  ],
  ['a symbol that is missing', "/usr/bin/ld: a.o: undefined reference to `absl::Now()'\n", /^`libabsl-dev` \S+: <code>/],
  ['an error of our own', '/src/edge/main.cc:9:1: error: expected ‘;’\n', /^<code>\/src\/edge\/main\.cc:9:1/],
  [
    'tests that fail',
    'The following tests FAILED:\n\t  3 - e2e.pooler (Failed)                     e2e\n\t 12 - tidy (Timeout)   unit\nErrors while running CTest\n',
    /^everything builds, but these tests fail: e2e\.pooler tidy$/,
  ],
  ['nothing that it knows', 'Killed\n', /^see the end of the log$/],
];

for (const [what, log, expected] of CASES) {
  test(`names ${what}`, async () => assert.match(await findIn(log), expected));
}
