// Tests compression: of sockets' messages (permessage-deflate), with a client library of another project, and of the
// page's files.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { constants, deflateRawSync } from 'node:zlib';
import { checkRecord, readHistory } from './history.mjs';
import { get } from './http.mjs';
import { byRpc, postAll } from './posters.mjs';
import { SocketReader } from './readers.mjs';
import { OPCODE_CONTINUATION, Socket } from './socket.mjs';
import { Stack } from './stack.mjs';

const MEGABYTE = 1 << 20;
const TRANSFERS = 300;
const AGREED = 'permessage-deflate; server_no_context_takeover; client_no_context_takeover';
const BOMBS = 50;
const RSS_GROWTH_BYTES_MAX = 16 * MEGABYTE;

let stack;
let token;

before(async () => {
  stack = await Stack.startWithAccounts(['ann', 'bob'], { edgeFlags: ['--compression'] });
  token = await stack.token('ann');
});
after(() => stack?.stop());

const open = () => new Socket(stack.edge, { token }).opened();

/** Returns a message as it is on the wire, compressed. */
const compressed = (content) => deflateRawSync(content, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);

/** Opens a socket that offers these extensions and checks that it works. Returns those that the edge agreed to. */
async function answerTo(perMessageDeflate, edge = stack.edge) {
  const socket = new Socket(edge, { token, perMessageDeflate });
  const [{ headers }] = await once(socket.webSocket, 'upgrade');
  await socket.opened();
  socket.send('ping', { text: 'x'.repeat(5000) });
  assert.equal((await socket.next('pong')).data.text.length, 5000);
  await socket.close();
  return headers['sec-websocket-extensions'];
}

test('is agreed on with those who offer it, and with nobody unless the edge is told to', async () => {
  assert.equal(await answerTo(true), AGREED);
  assert.equal(await answerTo(false), undefined);
  const edge = await stack.addEdge(stack.service);
  await edge.waitUntilReady();
  assert.equal(await answerTo(true, edge), undefined);
});

test('a shared cache is told that a file of the page differs by what its reader takes', async () => {
  const page = await get(stack.edge, '/', { headers: { 'accept-encoding': 'gzip' } });
  const [, script] = /src="([^"]+\.js)"/.exec(page.body);
  const file = await get(stack.edge, script, { headers: { 'accept-encoding': 'gzip' } });
  assert.equal(file.headers.get('content-encoding'), 'gzip');
  for (const { headers } of [page, file]) {
    assert.deepEqual(headers.get('vary').split(/, */).toSorted(), ['Accept-Encoding', 'Origin']);
  }
});

test('an offer that asks for a smaller window is not taken, and the socket goes without', async () => {
  assert.equal(await answerTo({ serverMaxWindowBits: 10 }), undefined);
  assert.equal(await answerTo({ serverMaxWindowBits: 15, clientMaxWindowBits: 9 }), `${AGREED}; server_max_window_bits=15`);
});

test('sockets with it and without it are told the same, the one in far fewer bytes', async (t) => {
  const VIEWERS = ['admin', 'ann', 'bob'];
  const readers = VIEWERS.flatMap((viewer) =>
    [true, false].map((perMessageDeflate) => {
      const name = `${viewer} ${perMessageDeflate ? 'compressed' : 'plain'}`;
      return { viewer, reader: new SocketReader(stack.edge, { name, token: () => stack.token(viewer), perMessageDeflate }).start() };
    }));
  await postAll({
    count: TRANSFERS,
    width: 8,
    way: byRpc(stack.client(), await stack.token('admin')),
    next: () => ({ fromAccount: 'admin', toAccount: 'ann', amount: '1', description: 'Grüße' }),
    acknowledged: () => {},
  });
  const history = await readHistory(stack.postgres);
  // New readers start at the beginning, so they get pages.
  for (const perMessageDeflate of [true, false]) {
    readers.push({ viewer: 'admin', reader: new SocketReader(stack.edge, { name: 'late', token: () => stack.token('admin'), perMessageDeflate }).start() });
  }
  await Promise.all(readers.map(({ reader }) => reader.record.waitForSequence(history.length)));
  const bytes = readers.map(({ reader }) => reader.socket.webSocket._socket.bytesRead);
  await Promise.all(readers.map(({ reader }) => reader.stop()));

  for (const { viewer, reader } of readers) checkRecord(reader.record, history, { viewer, isAdmin: viewer === 'admin' });
  t.diagnostic(`bytes read, in turn compressed and not: ${bytes.join(', ')}`);
  assert.ok(bytes[0] < 0.6 * bytes[1], 'live, a few transactions a frame');
  assert.ok(bytes.at(-2) < 0.4 * bytes.at(-1), 'a hundred transactions a frame');
});

describe('a compressed frame', () => {
  test('may come in several, with a ping in between', async () => {
    const socket = await open();
    const payload = compressed(JSON.stringify({ state: 'ping', id: 'p', data: { text: 'x'.repeat(1000) } }));
    socket.sendFrame(payload.subarray(0, 5), { rsv1: true, fin: false });
    socket.webSocket.ping();
    socket.sendFrame(payload.subarray(5), { opcode: OPCODE_CONTINUATION });
    assert.equal((await socket.next('pong')).id, 'p');
    await socket.close();
  });

  test('says so in the first of several and not again', async () => {
    const socket = await open();
    const payload = compressed(JSON.stringify({ state: 'ping' }));
    socket.sendFrame(payload.subarray(0, 5), { rsv1: true, fin: false });
    socket.sendFrame(payload.subarray(5), { opcode: OPCODE_CONTINUATION, rsv1: true });
    assert.equal((await socket.closing()).code, 1002);
  });

  const good = compressed(JSON.stringify({ state: 'ping', data: { text: 'some text, and more' } }));
  const FRAMES = [
    ['that is not one', 1007, Buffer.from('no deflate at all')],
    ['that breaks off', 1007, good.subarray(0, -5)],
    ['of bytes that are no UTF-8', 1007, compressed(Buffer.from([0xff, 0xfe]))],
    ['of a text that ends in the middle of a character', 1007, compressed(Buffer.from([0x78, 0xc3]))],
    ['of malformed JSON', 4400, compressed('{"state": "watch"')],
    ['of just over 64 KiB', 1009, compressed('x'.repeat(64 * 1024 + 1))],
  ];
  for (const [what, expected, payload] of FRAMES) {
    test(`${what} closes the socket with ${expected}`, async () => {
      const socket = await open();
      socket.sendFrame(payload, { rsv1: true });
      assert.equal((await socket.closing()).code, expected);
    });
  }

  for (const [megabytes, kilobytes] of [[200, 200], [50, 50]]) {
    test(`of ${megabytes} MB in ${kilobytes} kB is closed with 1009 and costs the edge no memory`, async (t) => {
      const bomb = compressed(Buffer.alloc(megabytes * MEGABYTE, 'x'));
      assert.ok(bomb.length < (kilobytes + 10) * 1024, `${bomb.length} bytes`);
      const before = stack.edge.rssBytes();
      const throwOne = async () => {
        const socket = await open();
        socket.sendFrame(bomb, { rsv1: true });
        assert.equal((await socket.closing()).code, 1009);
      };
      await Promise.all(Array.from({ length: BOMBS }, throwOne));
      const growth = stack.edge.rssBytes() - before;
      t.diagnostic(`${BOMBS} of them: the edge grew by ${Math.round(growth / 1024)} kB`);
      assert.ok(growth < RSS_GROWTH_BYTES_MAX, `the edge grew by ${growth} bytes`);
    });
  }
});
