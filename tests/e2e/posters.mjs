// Clients that post transfers and repeat each one under its id until it is acknowledged.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { post } from './http.mjs';
import { backOff } from './waiting.mjs';

const ATTEMPT_TIMEOUT_MS = 5_000;
const GIVE_UP_MS = 120_000;

// Codes that a break may cause. Any other code is a defect.
const RETRY_CODES = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED', 'RESOURCE_EXHAUSTED', 'CANCELLED']);
const RETRY_STATUSES = new Set([429, 503, 504]);

/** A way to post: by gRPC to a service. Returns the answer, or why the transfer is to be tried again. */
export function byRpc(client, token) {
  return async (transfer) => {
    try {
      return { answer: await client.call('createTransaction', transfer, { token, timeoutMs: ATTEMPT_TIMEOUT_MS }) };
    } catch (error) {
      if (!RETRY_CODES.has(error.code)) throw error;
      return { failure: `${error.code}: ${error.message}` };
    }
  };
}

/** Returns a function that posts by HTTP to an edge. */
export function byHttp(edge, token) {
  return async (transfer) => {
    const { id, ...body } = transfer;
    let answer;
    try {
      answer = await post(edge, '/v1/transactions', body, { token, headers: { 'idempotency-key': id } });
    } catch (error) {
      return { failure: `the connection broke: ${error.message} ${error.cause ?? ''}` };
    }
    if (RETRY_STATUSES.has(answer.status)) return { failure: `${answer.status} ${JSON.stringify(answer.body)}` };
    assert.ok(answer.status === 201 || answer.status === 200, `POST answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    return { answer: answer.body };
  };
}

async function postUntilAcknowledged(way, transfer) {
  const deadline = Date.now() + GIVE_UP_MS;
  for (;;) {
    const attemptStarted = Date.now();
    const { answer, failure } = await way(transfer);
    if (answer) return answer;
    if (Date.now() > deadline) {
      const lasted = Date.now() - attemptStarted;
      throw new Error(`transfer ${transfer.id} was not acknowledged in ${GIVE_UP_MS} ms; the last attempt took ${lasted} ms: ${failure}`);
    }
    await backOff();
  }
}

/**
 * Posts `count` transfers made by `next`, in `width` parallel lanes. Every second one is sent twice under its id: at
 * the same time, or after its first answer. Calls `acknowledged` once for each.
 */
export async function postAll({ count, width, way, next, acknowledged }) {
  let started = 0;
  const lane = async () => {
    while (started < count) {
      const number = started++;
      const transfer = { id: randomUUID(), ...next() };
      const postIt = () => postUntilAcknowledged(way, transfer);
      const first = postIt();
      const answers = [first];
      if (number % 4 === 1) answers.push(postIt());
      if (number % 4 === 3) answers.push(first.then(postIt));
      const [answer, ...repeats] = await Promise.all(answers);
      for (const repeat of repeats) assert.equal(repeat.sequence, answer.sequence, `transfer ${transfer.id} was posted twice`);
      acknowledged({ ...transfer, sequence: answer.sequence });
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}
