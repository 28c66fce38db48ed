// Transfers between the demo accounts, over the edge's HTTP as any program would post them.
//
//   node services/dev/demo.mjs give URL ACCOUNTS_FILE          1,000 points to each user, once
//   node services/dev/demo.mjs keep-posting URL ACCOUNTS_FILE  a few random transfers a second

import { createHash, randomInt, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

const POINTS_AT_FIRST = 1000;
const POINTS_A_TRANSFER_MAX = 20;
const PAUSE_MS_MIN = 150;
const PAUSE_MS_MAX = 450;
const TOKEN_LEFT_MS_MIN = 60_000;

const [command, url, accountsFile] = process.argv.slice(2);
const accounts = JSON.parse(readFileSync(accountsFile, 'utf8'));
const admin = accounts.find(({ username }) => username === 'admin');
const users = accounts.filter((account) => account !== admin);

const REASONS = ['Coffee', 'Lunch', 'Tickets', 'Groceries', 'Books', 'Taxi', 'Concert', 'Rent', 'Thanks!', 'Pizza'];

const tokens = new Map(); // username → { accessToken, expiresAt }

async function call(path, body, headers = {}) {
  const response = await fetch(new URL(path, url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!response.ok) throw Object.assign(new Error(`POST ${path}: ${answer.error?.message}`), { reason: answer.error?.reason });
  return answer;
}

async function tokenOf({ username, password }) {
  const held = tokens.get(username);
  if (held && Date.parse(held.expiresAt) - Date.now() > TOKEN_LEFT_MS_MIN) return held.accessToken;
  const token = await call('/v1/token', { username, password });
  tokens.set(username, token);
  return token.accessToken;
}

async function post(from, to, amount, description, id) {
  const headers = { authorization: `Bearer ${await tokenOf(from)}`, 'idempotency-key': id };
  await call('/v1/transactions', { fromAccount: from.username, toAccount: to.username, amount: String(amount), description }, headers);
}

/** Returns a UUID made from the name, so that repeating the set-up gives nothing twice. */
function fixedId(name) {
  const hex = createHash('sha256').update(`ledgercast demo ${name}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

async function give() {
  for (const user of users) await post(admin, user, POINTS_AT_FIRST, 'Welcome', fixedId(user.username));
}

const pick = (list) => list[randomInt(list.length)];
const pause = () => new Promise((resolve) => setTimeout(resolve, randomInt(PAUSE_MS_MIN, PAUSE_MS_MAX)));

async function keepPosting() {
  // The first process of a container is not ended by a signal that it does not expect.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit());
  for (;;) {
    const from = pick(users);
    const to = pick(users.filter((user) => user !== from));
    try {
      await post(from, to, randomInt(1, POINTS_A_TRANSFER_MAX + 1), pick(REASONS), randomUUID());
    } catch (error) {
      // Out of points, or the edge is away for a moment: the next one may do.
      console.error(error.message);
    }
    await pause();
  }
}

const commands = { give, 'keep-posting': keepPosting };
await commands[command]();
