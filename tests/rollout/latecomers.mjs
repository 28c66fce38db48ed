// Latecomers are still sent to a replica that is about to end, because whoever sends them has not heard of
// it yet: they must be served like everybody else.

import { setTimeout as pause } from 'node:timers/promises';
import { get } from '../e2e/http.mjs';
import { Socket } from '../e2e/socket.mjs';

const LATECOMERS = 5;
// Share of the lag after which the last of them comes: before the lag is over.
const LAST_SHARE = 0.8;

function eachInTime(lagMs, come) {
  return Promise.all(Array.from({ length: LATECOMERS }, async (_, index) => {
    await pause((index * lagMs * LAST_SHARE) / (LATECOMERS - 1));
    try {
      return { served: true, ...(await come()) };
    } catch (error) {
      return { served: false, why: error.message };
    }
  }));
}

/** The code that it is closed with, if it was told first. */
async function endOf(socket, graceMs) {
  const { code } = await socket.closing(graceMs);
  return socket.frames.some(({ state }) => state === 'goingAway') ? code : `closed with ${code}, not sent away`;
}

/** Sockets, which are sent away in the end (`end`), and requests, of an edge. */
export function comeLateToEdge(edge, { token, lagMs, graceMs }) {
  return eachInTime(lagMs, async () => {
    const accounts = await get(edge, '/v1/accounts', { token });
    if (accounts.status !== 200) throw new Error(`GET answered ${accounts.status}`);
    const socket = new Socket(edge, { token });
    const refused = socket.refused.then((status) => Promise.reject(new Error(`refused with ${status}`)));
    await Promise.race([socket.opened(), refused]);
    socket.send('watch', { after: 'now' });
    await socket.next('watching');
    return { end: endOf(socket, graceMs).catch((error) => error.message) };
  });
}

/** Calls of a service. */
export function comeLateToService(client, { token, lagMs }) {
  return eachInTime(lagMs, async () => {
    await client.call('listTransactions', { pageSize: 1 }, { token });
  });
}
