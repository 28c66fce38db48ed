// Tests frames over a WebSocket that no client of this project would send, and pages of other sites.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { OPCODE, frame } from './raw_frames.mjs';
import { stack, token } from './shared_stack.mjs';
import { OPCODE_CONTINUATION, Socket } from './socket.mjs';

describe('a foreign Origin', () => {
  for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1']) {
    test(`${origin} is refused before the upgrade`, async () => {
      const socket = new Socket(stack.edge, { token, headers: { origin } });
      assert.equal(await socket.refusal(), 403);
    });
  }

  test('the edge’s own is taken', async () => {
    const socket = await new Socket(stack.edge, { token, headers: { origin: stack.edge.url } }).opened();
    await socket.next('authenticated');
    await socket.close();
  });
});

describe('a bad frame', () => {
  const LARGEST_FRAME_BYTES = 64 * 1024;
  const FRAMES = [
    ['malformed JSON', 4400, '{"state": "watch"'],
    ['JSON that is no object', 4400, '[1, 2]'],
    ['no state', 4400, '{"data": {}}'],
    ['an unknown state', 4400, '{"state": "dance"}'],
    ['a state of the server’s', 4400, '{"state": "transactions", "data": {}}'],
    ['an unknown field', 4400, '{"state": "watch", "data": {"afterr": ""}}'],
    ['a field of another type', 4400, '{"state": "watch", "data": {"after": {}}}'],
    ['deeply nested JSON', 4400, `{"state": "ping", "data": ${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
    ['1 MB', 1009, JSON.stringify({ state: 'ping', data: { text: 'x'.repeat(1 << 20) } })],
    ['just over the limit', 1009, JSON.stringify({ state: 'ping', data: { text: 'x'.repeat(LARGEST_FRAME_BYTES) } })],
    ['a binary frame', 1003, Buffer.from('{"state": "ping"}')],
  ];
  for (const [what, expected, content] of FRAMES) {
    test(`${what} closes the socket with ${expected}`, async () => {
      const socket = await new Socket(stack.edge, { token }).opened();
      await socket.next('authenticated');
      socket.webSocket.send(content);
      assert.equal((await socket.closing()).code, expected);
    });
  }

  test('a message in pieces is one message, whoever else sends pieces meanwhile', async () => {
    const sockets = await Promise.all([1, 2, 3].map(async () => {
      const socket = await new Socket(stack.edge, { token }).opened();
      await socket.next('authenticated');
      return socket;
    }));
    const texts = sockets.map((_, i) => JSON.stringify({ state: 'ping', id: i, data: `${i}`.repeat(5_000 * (i + 1)) }));
    const pieces = 3;
    for (let piece = 0; piece < pieces; piece += 1) {
      for (const [i, socket] of sockets.entries()) {
        const size = Math.ceil(texts[i].length / pieces);
        const payload = Buffer.from(texts[i].slice(piece * size, (piece + 1) * size));
        socket.sendFrame(payload, { fin: piece === pieces - 1, opcode: piece === 0 ? undefined : OPCODE_CONTINUATION });
        if (piece === pieces - 1) continue;
        // The pong shows that everything before the ping was read.
        const pong = once(socket.webSocket, 'pong');
        socket.webSocket.ping();
        await pong;
      }
    }
    for (const [i, socket] of sockets.entries()) {
      const { id, data } = await socket.next('pong');
      assert.deepEqual([id, data], [i, JSON.parse(texts[i]).data]);
      await socket.close();
    }
  });

  test('a frame that comes byte by byte is taken', async () => {
    const socket = await new Socket(stack.edge, { token }).opened();
    await socket.next('authenticated');
    for (const byte of frame(OPCODE.text, Buffer.from('{"state":"ping","id":7}'))) {
      await new Promise((resolve) => socket.webSocket._socket.write(Buffer.from([byte]), resolve));
    }
    assert.equal((await socket.next('pong')).id, 7);
    await socket.close();
  });

  test('a text that ends in the middle of a character closes the socket with 1007, in one frame or in several', async () => {
    const half = Buffer.from('{"state": "é').subarray(0, -1);
    for (const last of [half.length, 5]) {
      const socket = await new Socket(stack.edge, { token }).opened();
      socket.sendFrame(half.subarray(0, last), { fin: last === half.length });
      if (last < half.length) socket.sendFrame(half.subarray(last), { opcode: OPCODE_CONTINUATION });
      assert.equal((await socket.closing()).code, 1007);
    }
  });

  test('a compressed frame where that was not agreed on closes the socket with 1002', async () => {
    const socket = await new Socket(stack.edge, { token }).opened();
    assert.equal(socket.webSocket.extensions, '');
    socket.sendFrame(Buffer.from('{"state": "ping"}'), { rsv1: true });
    assert.equal((await socket.closing()).code, 1002);
  });

  test('a client that writes on while it is refused still learns why', async () => {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const socket = await new Socket(stack.edge, { token }).opened();
      for (let frame = 0; frame < 4; frame += 1) socket.webSocket.send('x'.repeat(1 << 20));
      assert.equal((await socket.closing()).code, 1009);
    }
  });

  test('an answer says what was wrong with it, under its id', async () => {
    const socket = await new Socket(stack.edge, { token }).opened();
    await socket.next('authenticated');
    socket.send('dance', {}, 'd1');
    await socket.closing();
    const { id, error } = socket.frames.at(-1);
    assert.equal(id, 'd1');
    assert.equal(error.code, 'INVALID_ARGUMENT');
    assert.equal(error.reason, 'INVALID_FIELD');
  });

  test('a frame of nearly 64 KiB is taken', async () => {
    const socket = await new Socket(stack.edge, { token }).opened();
    const text = 'x'.repeat(LARGEST_FRAME_BYTES - 100);
    socket.send('ping', { text });
    assert.equal((await socket.next('pong')).data.text, text);
    await socket.close();
  });

  test('bytes that are not WebSocket frames at all end that connection only', async () => {
    const socket = await new Socket(stack.edge, { token }).opened();
    const other = await new Socket(stack.edge, { token }).opened();
    socket.webSocket._socket.write(randomBytes(4096));
    await socket.closing();
    other.send('ping');
    await other.next('pong');
    await other.close();
  });
});
