// Uses the running stack that the tests were given, and its HTTP API for what a test does without the page.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';

export const edgeUrl = new URL(required('LEDGERCAST_URL', 'the address of the edge, such as http://127.0.0.1:8080'));
const accountsPath = required('LEDGERCAST_ACCOUNTS', 'the path of a JSON list of {"username","password"}');

export const admin = account('admin');
export const user1 = account('user1');
export const user2 = account('user2');
export const user3 = account('user3');

/** Enough money for everything that the tests send, in minor units. */
const FUNDS = 100_000n;

function required(name, meaning) {
  const value = process.env[name];
  if (!value) throw new Error(`set ${name}: ${meaning}`);
  return value;
}

function account(username) {
  const accounts = JSON.parse(readFileSync(accountsPath, 'utf8'));
  const found = accounts.find((candidate) => candidate.username === username);
  if (!found) throw new Error(`${accountsPath} holds no account named ${username}`);
  return found;
}

/** Returns a description that no other test and no other run uses. */
export function unique(text) {
  return `${text} ${randomUUID().slice(0, 8)}`;
}

export async function fund({ username }) {
  await postTransfer({ by: admin, from: admin.username, to: username, amount: FUNDS, description: 'For the browser tests' });
}

export async function postTransfer({ by, from, to, amount, description }) {
  const { accessToken } = await call('/v1/token', {}, { username: by.username, password: by.password });
  return call(
    '/v1/transactions',
    { authorization: `Bearer ${accessToken}`, 'idempotency-key': randomUUID() },
    { fromAccount: from, toAccount: to, amount: String(amount), description },
  );
}

async function call(path, headers, body) {
  const response = await fetch(new URL(path, edgeUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  assert.ok(response.ok, `POST ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text);
}
