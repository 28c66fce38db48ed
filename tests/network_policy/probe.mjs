// Tries to get through to each of the targets on standard input, `[{ address, port, protocol }]`, all at once; prints
// `[true, false, …]`. A refused connection got through: nothing listens there, but nobody kept it away.
//
//   node probe.mjs < targets.json

import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';

// The first packet is sent again after a second.
const TIMEOUT_MS = 1_600;
const ATTEMPT_MS = 400;

function byTcp({ address, port }) {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port });
    const end = (result) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => end(false), TIMEOUT_MS);
    socket.on('connect', () => end(true));
    socket.on('error', ({ code }) => {
      if (code !== 'ECONNREFUSED') throw new Error(`${address}:${port}: ${code}`);
      end(true);
    });
  });
}

// A question for the name `a`, which any of the listeners answers in its way.
const QUESTION = Buffer.from([0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0x61, 0, 0, 1, 0, 1]);

function byUdp({ address, port }) {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const end = (result) => {
      clearTimeout(timer);
      clearInterval(again);
      socket.close();
      resolve(result);
    };
    const ask = () => socket.send(QUESTION);
    const timer = setTimeout(() => end(false), TIMEOUT_MS);
    const again = setInterval(ask, ATTEMPT_MS);
    socket.on('message', () => end(true));
    socket.on('error', ({ code }) => end(code === 'ECONNREFUSED'));
    socket.connect(port, address, ask);
  });
}

const targets = JSON.parse(readFileSync(0, 'utf8'));
const results = await Promise.all(targets.map((target) => (target.protocol === 'UDP' ? byUdp(target) : byTcp(target))));
console.log(JSON.stringify(results));
