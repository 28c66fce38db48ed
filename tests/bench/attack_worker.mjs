// The thread of the attackers of attacks.mjs: they strike until they are told to stop.

import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { ATTACKS } from '../e2e/attack_kinds.mjs';
import { Attackers } from '../e2e/attackers.mjs';

// Maximum number of attackers waiting for an answer; more would only measure this thread.
const OPEN_MAX = 5000;
const TICK_MS = 10;

// On Linux of this thread alone.
setPriority(constants.priority.PRIORITY_LOW);

const { name, url, keep, perSecond, options } = workerData;
const attackers = new Attackers({ url }, ATTACKS[name], options);

const started = performance.now();
const timer = setInterval(() => {
  if (keep) return attackers.keep(keep);
  const due = ((performance.now() - started) / 1000) * perSecond;
  while (attackers.begun < due && attackers.open < OPEN_MAX) attackers.strike();
  return undefined;
}, TICK_MS);

parentPort.once('message', () => {
  clearInterval(timer);
  const { begun, mostOpen, outcomes } = attackers;
  parentPort.postMessage({ begun, mostOpen, outcomes: { ...outcomes } });
  attackers.stop();
  parentPort.close();
});
