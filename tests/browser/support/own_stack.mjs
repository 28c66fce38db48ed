// A stack for one test file, for tests that break parts of it or need special settings.

import { ADMIN, passwordOf, Stack } from '../../e2e/stack.mjs';
import { post } from '../../e2e/http.mjs';

export { ADMIN };
export const member = (username) => ({ username, password: passwordOf(username) });

export function startStack(options) {
  return Stack.startWithAccounts(['user1', 'user2'], options);
}

/** Posts from user1 to user2 and returns the sequence. */
export async function postOne(stack, description, edge = stack.edge) {
  const token = await stack.token('user1');
  const { status, body } = await post(edge, '/v1/transactions', { fromAccount: 'user1', toAccount: 'user2', amount: '1', description }, { token });
  if (status !== 201) throw new Error(`posting answered ${status}: ${JSON.stringify(body)}`);
  return Number(body.sequence);
}

/** Posts many transfers at once, from the admin to user2. */
export async function submitMany(stack, count, description) {
  const transactions = Array.from({ length: count }, () => ({
    fromAccount: ADMIN.username,
    toAccount: 'user2',
    amount: '1',
    description,
  }));
  await stack.client().call('submitTransactions', { requests: transactions }, { token: await stack.token(ADMIN.username) });
}
