// Runs a command against a stack with the demo accounts:
//
//   node with_stack.mjs COMMAND...
//
// The command finds the edge in LEDGERCAST_URL and the sign-ins in the file LEDGERCAST_ACCOUNTS.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ADMIN, passwordOf, Stack } from './stack.mjs';

const USERS = ['user1', 'user2', 'user3'];

const stack = await Stack.startWithAccounts(USERS);
const accountsFile = join(stack.folder, 'demo-accounts.json');
writeFileSync(accountsFile, JSON.stringify([ADMIN, ...USERS.map((username) => ({ username, password: passwordOf(username) }))]));

const [command, ...args] = process.argv.slice(2);
const child = spawn(command, args, {
  stdio: 'inherit',
  env: { ...process.env, LEDGERCAST_URL: stack.edge.url, LEDGERCAST_ACCOUNTS: accountsFile },
});
const [code] = await once(child, 'exit');
await stack.stop();
process.exitCode = code ?? 1;
