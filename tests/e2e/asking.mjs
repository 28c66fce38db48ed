// Helpers for requests that will be refused.

import assert from 'node:assert/strict';
import { Socket } from './socket.mjs';

const ANSWERS = ['error', 'transactionCreated', 'watching', 'resync'];

export const transfer = (changes) => ({ fromAccount: 'ann', toAccount: 'bob', amount: '1', ...changes });

/** Returns the error of a call that fails. */
export async function failureOf(promise) {
  const answer = await promise.catch((error) => error);
  assert.ok(answer instanceof Error, `expected a failure, got ${JSON.stringify(answer)}`);
  return answer;
}

/** Returns the answer to one frame, which is sent with the id `request` on its own socket. */
export async function askOverSocket(edge, token, state, data) {
  const socket = await new Socket(edge, { token }).opened();
  await socket.next('authenticated');
  socket.send(state, data, 'request');
  const answer = await socket.next(...ANSWERS);
  await socket.close();
  return answer;
}
