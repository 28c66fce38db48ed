// Tests that a caller without a valid token gets nothing, and is told why, on every transport.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { failureOf, transfer } from './asking.mjs';
import { Forger } from './forged_tokens.mjs';
import { readHistory } from './history.mjs';
import { get, post } from './http.mjs';
import { Socket } from './socket.mjs';
import { Stack } from './stack.mjs';

const TOKEN_WAIT_TIMEOUT_MS = 60_000;

let stack;
let client;
let token;
let forger;
let historyBefore;

before(async () => {
  stack = await Stack.startWithAccounts(['ann', 'bob']);
  client = stack.client();
  token = await stack.token('ann');
  forger = new Forger(stack, token);
  historyBefore = await readHistory(stack.postgres);
});
after(() => stack?.stop());

const now = () => Math.floor(Date.now() / 1000);

const BAD_TOKENS = [
  ['no token', 'TOKEN_MISSING', () => undefined],
  ['text that is no token', 'TOKEN_INVALID', () => 'not.a.token'],
  ['a token of another key', 'TOKEN_INVALID', () => forger.make({ key: forger.otherKey })],
  ['a token of another key that names it', 'TOKEN_INVALID', () => forger.make({ key: forger.otherKey, header: { kid: 'other' } })],
  ['a token for another audience', 'TOKEN_INVALID', () => forger.make({ claims: { aud: 'another' } })],
  ['a token of another issuer', 'TOKEN_INVALID', () => forger.make({ claims: { iss: 'another' } })],
  ['a token of another kind', 'TOKEN_INVALID', () => forger.make({ header: { typ: 'rt+jwt' } })],
  ['a token with alg none', 'TOKEN_INVALID', () => forger.withoutSignature()],
  ['a token with another algorithm', 'TOKEN_INVALID', () => forger.make({ header: { alg: 'HS256' } })],
  ['a token whose claims were changed', 'TOKEN_INVALID', () => splice(forger.make({ claims: { sub: 'bob' } }), token)],
  ['a relay’s token signed by the service’s key', 'TOKEN_INVALID', () => forger.make({ claims: { sub: 'relay' } })],
  ['a member’s token signed by the relay’s key', 'TOKEN_INVALID', () => forger.make({ key: forger.relayKey })],
  ['an expired token', 'TOKEN_EXPIRED', () => forger.make({ claims: { iat: now() - 2000, exp: now() - 1000 } })],
];

/** Joins the content of one token with the signature of another. */
function splice(content, signature) {
  return [...content.split('.').slice(0, 2), signature.split('.')[2]].join('.');
}

for (const [what, reason, make] of BAD_TOKENS) {
  describe(what, () => {
    test('over gRPC: UNAUTHENTICATED', async () => {
      const options = { token: make() };
      for (const call of [
        () => client.call('createTransaction', transfer(), options),
        () => client.call('getAccount', { name: 'ann' }, options),
        () => client.watch({ after: '' }, options).next(),
      ]) {
        const { code, reason: given, domain } = await failureOf(call());
        assert.deepEqual({ code, given, domain }, { code: 'UNAUTHENTICATED', given: reason, domain: 'ledgercast' });
      }
    });

    test('over HTTP: 401', async () => {
      const { status, body } = await post(stack.edge, '/v1/transactions', transfer(), { token: make() });
      assert.equal(status, 401);
      assert.equal(body.error.code, 'UNAUTHENTICATED');
      assert.equal(body.error.reason, reason);
      assert.ok(body.error.message.length > 0);
    });

    if (reason !== 'TOKEN_MISSING') {
      for (const way of ['header', 'subprotocol']) {
        test(`over a WebSocket by ${way}: 4401`, async () => {
          const socket = new Socket(stack.edge, { token: make(), way });
          const { code } = await socket.closing();
          assert.equal(code, 4401);
          assert.equal(socket.frames.at(-1).error.reason, reason);
        });
      }
      test('over a WebSocket by frame: 4401', async () => {
        const socket = await new Socket(stack.edge).opened();
        socket.send('authenticate', { token: make() }, 'a1');
        const { code } = await socket.closing();
        assert.equal(code, 4401);
        assert.equal(socket.frames.at(-1).id, 'a1');
        assert.equal(socket.frames.at(-1).error.reason, reason);
      });
    }
  });
}

describe('a WebSocket without a token', () => {
  test('that asks for something is closed with 4401', async () => {
    const socket = await new Socket(stack.edge).opened();
    socket.send('watch', { after: '' });
    assert.equal((await socket.closing()).code, 4401);
    assert.equal(socket.frames.at(-1).error.reason, 'TOKEN_MISSING');
  });

  test('that stays silent is closed with 4408', async () => {
    const socket = await new Socket(stack.edge).opened();
    assert.equal((await socket.closing(TOKEN_WAIT_TIMEOUT_MS)).code, 4408);
  });

  test('that puts it in the query gets nothing for it', async () => {
    const edge = { streamUrl: `${stack.edge.streamUrl}?token=${token}&access_token=${token}` };
    const socket = await new Socket(edge).opened();
    socket.send('watch', { after: '' });
    assert.equal((await socket.closing()).code, 4401);
  });
});

describe('the size of a token', () => {
  // The encoding makes the claims a third longer.
  const ofBytes = (bytes) => forger.make({ claims: { pad: 'x'.repeat(Math.floor((bytes * 3) / 4) - 700) } });
  const tooLong = (text) => assert.match(text, /longer than 16384 bytes/);

  test('may be 16 KiB, the same everywhere', async () => {
    const token = ofBytes(16_384);
    assert.ok(token.length > 15_900 && token.length <= 16_384, String(token.length));
    await client.call('getAccount', { name: 'ann' }, { token });
    assert.equal((await get(stack.edge, '/v1/accounts/ann', { token })).status, 200);
    assert.equal((await get(stack.edge, '/v1/poll?wait=0', { token })).status, 200);
    for (const way of ['header', 'subprotocol']) {
      const socket = await new Socket(stack.edge, { token, way }).opened();
      await socket.next('authenticated');
      await socket.close();
    }
    const socket = await new Socket(stack.edge).opened();
    for (const state of ['authenticate', 'refresh']) {
      socket.send(state, { token });
      await socket.next('authenticated');
    }
    await socket.close();
  });

  test('beyond 16 KiB is refused with a reason, the same everywhere', async () => {
    const token = ofBytes(17_500);
    assert.ok(token.length > 16_384);
    const { code, reason, message } = await failureOf(client.call('getAccount', { name: 'ann' }, { token }));
    assert.deepEqual([code, reason], ['UNAUTHENTICATED', 'TOKEN_INVALID']);
    tooLong(message);
    const { status, body } = await get(stack.edge, '/v1/accounts/ann', { token });
    assert.deepEqual([status, body.error.reason], [401, 'TOKEN_INVALID']);
    tooLong(body.error.message);
    for (const way of ['header', 'subprotocol']) {
      const socket = new Socket(stack.edge, { token, way });
      assert.equal((await socket.closing()).code, 4401);
      tooLong(socket.frames.at(-1).error.message);
    }
    const socket = await new Socket(stack.edge).opened();
    socket.send('authenticate', { token });
    assert.equal((await socket.closing()).code, 4401);
    tooLong(socket.frames.at(-1).error.message);
  });

  test('beyond 32 KiB ends its own call and no other of its connection', async () => {
    const many = stack.client();
    const watch = many.watch({ after: 'now', progressInterval: { seconds: 1 } }, { token });
    await watch.next();
    const oversized = 'x'.repeat(40_000);
    for (let count = 0; count < 5; count += 1) {
      const { code, reason } = await failureOf(many.call('getAccount', { name: 'ann' }, { token: oversized }));
      assert.deepEqual([code, reason], ['INVALID_ARGUMENT', 'INVALID_FIELD']);
      await many.call('getAccount', { name: 'ann' }, { token });
    }
    // Frames from before the end may still be waiting here, but not those of two seconds.
    for (let count = 0; count < 3; count += 1) assert.equal((await watch.next()).done, false);
    await watch.return();
    assert.equal((await get(stack.edge, '/v1/accounts/ann', { token: oversized })).status, 431);
    assert.equal(await new Socket(stack.edge, { token: oversized }).refusal(), 431);
  });
});

describe('a token that ends while the socket is open', () => {
  const ending = () => forger.make({ claims: { exp: now() + 3 } });

  test('closes it with 4401, after reauthenticate', async () => {
    const socket = await new Socket(stack.edge, { token: ending() }).opened();
    await socket.next('reauthenticate');
    assert.equal((await socket.closing()).code, 4401);
    assert.equal(socket.frames.at(-1).error.reason, 'TOKEN_EXPIRED');
  });

  test('is replaced by refresh', async () => {
    const socket = await new Socket(stack.edge, { token: ending() }).opened();
    const first = await socket.next('authenticated');
    await socket.next('reauthenticate');
    socket.send('refresh', { token });
    const second = await socket.next('authenticated');
    assert.ok(Date.parse(second.data.expiresAt) > Date.parse(first.data.expiresAt));
    socket.send('ping');
    await socket.next('pong');
    await socket.close();
  });

  test('is not replaced by another subject’s', async () => {
    const socket = await new Socket(stack.edge, { token: ending() }).opened();
    await socket.next('authenticated');
    socket.send('refresh', { token: await stack.token('bob') });
    assert.equal((await socket.closing()).code, 4403);
  });
});

test('none of it left a trace in the ledger', async () => {
  assert.deepEqual(await readHistory(stack.postgres), historyBefore);
});
