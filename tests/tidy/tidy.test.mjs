// Checks the tree against rules.mjs, and rules.mjs against trees that break each rule in one place.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readFiles } from './files.mjs';
import { findOffences } from './rules.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = readFiles(root);
const known = new Set(findOffences(files, root));

test('the tree keeps the rules of the house', () => {
  assert.deepEqual([...known], []);
});

const LONG_LINE = 'word '.repeat(25);

const MUTATIONS = [
  ['edge/sessions/connection.cc', '#include "services/transaction/store.h"'],
  ['services/common/ledger/visibility.cc', '#include "services/transaction/store.h"'],
  ['services/common/ledger/visibility.cc', '#include "edge/sessions/session.h"'],
  ['services/transaction/store.h', '#include "services/transaction/postgres/connection.h"'],
  ['services/transaction/store.h', '#include "services/cli/main.h"'],
  ['services/transaction/store.h', '#include "tests/support/postgres.h"'],
  ['services/transaction/store.h', '#include <pqxx/pqxx>'],
  ['services/transaction/store.h', '  #  include <pqxx/pqxx>'],
  ['edge/sessions/session.h', '#include <asio/io_context.hpp>'],
  ['edge/sessions/session.h', '#include <asio.hpp>'],
  ['services/transaction/store.h', '#include <websocketpp/server.hpp>'],
  ['edge/protocol/frames.cc', '#include "edge/net/socket.h"'],
  ['edge/net/tcp.cc', '#include "edge/delivery/hub.h"'],
  ['edge/delivery/hub.h', '#include "edge/sessions/session.h"'],
  ['edge/status/status_page.cc', '#include "edge/server.h"'],
  ['services/common/base/sha256.h', '#include "services/common/ledger/hash_chain.h"'],
  ['services/common/ledger/cursor.cc', '#include "services/common/auth/token.h"'],
  ['edge/zone/CMakeLists.txt', '', /* images */ 2],
  ['edge/zone.cc', '#include <websocketpp/server.hpp>'],
  ['edge/zone.cc', '#include "edge/net/ws_library.h"'],
  ['edge/sessions/connection.cc', '#include "ledgercast/v1/transaction.grpc.pb.h"'],
  ['tests/unit/common/ledger/cursor_test.cc', 'std::this_thread::sleep_for(1s);'],
  ['services/common/ledger/cursor.cc', 'std::cout << 1;'],
  ['services/common/ledger/cursor.cc', 'using namespace std;'],
  ['services/common/ledger/cursor.cc', 'std::thread(Run).detach();'],
  ['tests/unit/common/ledger/cursor_test.cc', 'TEST(Cursor, DISABLED_Works) {}'],
  ['tests/unit/common/ledger/cursor_test.cc', 'GTEST_SKIP();'],
  ['tests/e2e/stack.mjs', "test.skip('works', () => {});"],
  ['edge/ui/src/main.tsx', '// TODO'],
  ['proto/ledgercast/v1/auth.proto', '// FIXME'],
  ['services/common/ledger/cursor.cc', '\n'.repeat(300)],
  ['edge/ui/src/main.tsx', '\n'.repeat(300)],
  ['tests/api/forgotten_test.cc', ''],
  ['README.md', 'See [there](docs/gone.md).'],
  ['edge/README.md', '[there](sessions/gone.h#anchor)'],
  ['k8s/README.md', LONG_LINE],
  ['docs/security.md', 'Shown by `e2e/gone`.'],
  ['tests/README.md', '| a promise | `api/gone_test.cc` |'],
  ['docs/operations/monitoring.md', 'Look at `ledgercast_gone_total{outcome="reused"}`.'],
  ['docs/operations/monitoring.md', '| `LedgercastGone` | warning |'],
  ['k8s/components/prometheus/rules.yaml', '        - alert: LedgercastUnlisted'],
  ['services/common/ledger/cursor.cc', '// Of the newest.'],
  ['services/common/ledger/cursor.h', 'int newest;  // Those that are open.'],
  ['proto/ledgercast/v1/auth.proto', '  // The same for `to_account`.'],
  ['edge/ui/src/main.tsx', '/** Of the store. */'],
  ['tests/e2e/stack.mjs', '/**\n * Those who wait.\n */'],
  ['services/zone/queries.sql', '-- Of the newest token.'],
  ['services/common/ledger/cursor.cc', 'return Bad("names at most 500 accounts");'],
  ['services/common/ledger/cursor.cc', 'return Bad("is longer than 1,000");'],
  ['services/common/ledger/cursor.cc', '    "a cursor of 64 characters", // of which'],
  ['edge/options.h', 'constexpr char kRule[] = "must be 1 to 256";'],
];

// What looks like an offence and is none.
const ALLOWED = [
  ['services/common/ledger/cursor.cc', '// Sequence and hash\n// Of the newest.'],
  ['services/common/ledger/cursor.cc', '// Offers the newest.'],
  ['services/common/ledger/cursor.cc', 'return Bad("is longer than " + std::to_string(kMaxBytes) + " bytes");'],
  ['services/common/ledger/cursor.cc', 'constexpr int kMaxBytes = 64;  // "at most 64 bytes"'],
  ['services/common/ledger/cursor.cc', "if (c == '\"') return; // at most 64 \""],
  ['tests/unit/common/ledger/cursor_test.cc', 'EXPECT_EQ(message, "is longer than 64 bytes");'],
  ['tests/e2e/stack.mjs', '/**\n * Waits for everybody.\n * Those who come late are left out.\n */'],
  ['services/transaction/postgres/migrations/V099__zone.sql', '-- Of the newest token.'],
  ['README.md', `| ${LONG_LINE} |`],
  ['README.md', `\`\`\`\n${LONG_LINE}\n\`\`\``],
  ['README.md', `- [${LONG_LINE}](docs/architecture.md)`],
];

/** Returns what is found, and was not before, when the file at `path` is made of the lines that `change` gives. */
function findWith(path, change) {
  const changed = { path, lines: change(files.find((file) => file.path === path)?.lines ?? ['']) };
  return findOffences([...files.filter((file) => file.path !== path), changed], root).filter((offence) => !known.has(offence));
}

const append = (text) => (lines) => [...lines.slice(0, -1), ...text.split('\n'), ''];

for (const [path, text, count = 1] of MUTATIONS) {
  test(`${path} may not hold ${JSON.stringify(text.slice(0, 60))}`, () => {
    const found = findWith(path, append(text));
    // One more would be of another rule, which perhaps was the only one that found it.
    assert.equal(found.length, count, found.join('\n') || 'no offence was found');
    for (const offence of found) assert.ok(offence.startsWith(`${path}:`), offence);
  });
}

for (const [path, text] of ALLOWED) {
  test(`${path} may hold ${JSON.stringify(text.slice(0, 60))}`, () => {
    assert.deepEqual(findWith(path, append(text)), []);
  });
}

test('a lock file may not leave out a package that another one depends on', () => {
  const [found] = findWith('edge/ui/package-lock.json', (lines) => {
    const lock = JSON.parse(lines.join('\n'));
    delete lock.packages['node_modules/@rollup/rollup-win32-x64-msvc'];
    return [JSON.stringify(lock)];
  });
  assert.match(found, /rollup depends on @rollup\/rollup-win32-x64-msvc, which is not locked/);
});
