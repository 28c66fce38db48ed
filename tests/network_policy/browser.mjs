// What a browser does: signs in at one edge, watches there, posts a transfer at another, and waits until it comes on
// the WebSocket. Prints the transaction that came.
//
//   node browser.mjs WATCHED_ADDRESS POSTED_ADDRESS PASSWORD_FILE

import { readFileSync } from 'node:fs';
import { post } from '../e2e/http.mjs';
import { Socket } from '../e2e/socket.mjs';

const [watched, posted] = process.argv.slice(2, 4).map((address) => ({ url: `http://${address}:8080`, streamUrl: `ws://${address}:8080/v1/stream` }));
const password = readFileSync(process.argv[4], 'utf8').trim();

const signedIn = await post(watched, '/v1/token', { username: 'admin', password });
const token = signedIn.body.accessToken;
const socket = await new Socket(watched, { token, way: 'subprotocol' }).opened();
socket.send('watch', { after: 'now' });
await socket.next('watching');
const created = await post(posted, '/v1/transactions', { fromAccount: 'admin', toAccount: 'user1', amount: '7' }, { token });
// The first may be empty: nothing yet, but live.
let arrived = [];
while (arrived.length === 0) arrived = (await socket.next('transactions')).data.transactions;
await socket.close();
console.log(JSON.stringify({ status: created.status, posted: created.body.id, arrived: arrived.map(({ id }) => id) }));
