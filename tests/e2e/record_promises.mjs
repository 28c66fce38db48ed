// Records what this version promises, before it is released:
//
//   LEDGERCAST_BIN=build/release/bin node tests/e2e/record_promises.mjs
//
// promises.test.mjs compares later versions with that. Read the difference before you commit it: a line that goes away
// breaks somebody.

import { mkdirSync, writeFileSync } from 'node:fs';
import { listAnswers, listFlags, listFrames, listMetrics, recorded, recordWire } from './promises.mjs';
import { Stack } from './stack.mjs';

const PROGRAMS = ['ledgercast', 'ledgercast-edge', 'ledgercast-transaction-service'];

const write = (name, lines) => writeFileSync(recorded(name), `${lines.join('\n')}\n`);

mkdirSync(recorded('.'), { recursive: true });
await recordWire();
write('frames.txt', listFrames());
write('answers.txt', listAnswers());
write('flags.txt', (await Promise.all(PROGRAMS.map((program) => listFlags(program)))).flat());
const stack = await Stack.startWithAccounts(['ann', 'bob']);
try {
  write('service_metrics.txt', await listMetrics(stack.service));
  write('edge_metrics.txt', await listMetrics(stack.edge));
} finally {
  await stack.stop();
}
