// Draws what everyone does in everything.test.mjs before it begins, so that a seed repeats it whatever the timing.
// Time is counted in steps.

import { pick, random } from './random.mjs';

const TRANSPORT_NAMES = ['WebSocket', 'WebSocket', 'WebSocket', 'server-sent events', 'server-sent events', 'long polls'];
const WAYS = ['header', 'subprotocol', 'frame', 'bareFrame'];
// Most tokens outlive the test. The others must be renewed repeatedly.
const TOKEN_SECONDS = [900, 900, 900, 5];
const ADMINS_IN_TEN = 3;
const ACTS = ['drop', 'drop', 'move', 'rewind', 'pause', 'refresh', 'watchAgain'];
const ACTS_MAX = 6;
const PAUSE_STEPS_MAX = 30;
const WEATHER = ['cut', 'cut', 'hold', 'trickle', 'delay', 'refuse'];
const WEATHER_STEPS_MAX = 12;
const TRICKLE_BYTES_MIN = 5_000;
const TRICKLE_BYTES_MAX = 200_000;
const DELAY_MS_MAX = 50;
const DESCRIPTION_MAX = 1000;

const isOneIn = (count) => random(count) === 0;

function drawWay(doors) {
  return { transport: pick(TRANSPORT_NAMES), door: random(doors), way: pick(WAYS) };
}

/** Returns acts in the order of their steps. Each pause has an end. */
function drawActs(firstStep, steps, doors) {
  const acts = [];
  for (let count = random(ACTS_MAX + 1); count > 0; count -= 1) {
    const step = firstStep + random(steps - firstStep);
    const kind = pick(ACTS);
    acts.push({ step, kind, share: random(1000) / 1000, ...drawWay(doors) });
    if (kind === 'pause') acts.push({ step: Math.min(steps - 1, step + 1 + random(PAUSE_STEPS_MAX)), kind: 'resume' });
  }
  return acts.sort((a, b) => a.step - b.step);
}

function drawAccounts(viewer, members) {
  if (!isOneIn(2)) return undefined;
  return viewer === 'admin' ? [pick(members), pick(members)] : [viewer];
}

function drawVisitor(number, { steps, doors, members }) {
  const viewer = random(10) < ADMINS_IN_TEN ? 'admin' : pick(members);
  const firstStep = isOneIn(3) ? random(steps) : 0;
  return {
    number,
    viewer,
    accounts: drawAccounts(viewer, members),
    tokenSeconds: pick(TOKEN_SECONDS),
    after: isOneIn(4) ? 'now' : '',
    ...drawWay(doors),
    firstStep,
    acts: drawActs(firstStep, steps, doors),
  };
}

/** Returns the spells of one gate, one after the other. */
function drawWeather(gate, steps) {
  const spells = [];
  for (let step = random(WEATHER_STEPS_MAX); step < steps; step += random(WEATHER_STEPS_MAX)) {
    const kind = pick(WEATHER);
    const bytes = TRICKLE_BYTES_MIN + random(TRICKLE_BYTES_MAX - TRICKLE_BYTES_MIN);
    const amount = { trickle: bytes, delay: 1 + random(DELAY_MS_MAX) }[kind];
    spells.push({ step, gate, kind, amount });
    step += 1 + random(WEATHER_STEPS_MAX);
    if (kind !== 'cut') spells.push({ step, gate, kind: 'pass' });
  }
  return spells;
}

function drawTransfer(members, fromAccount = pick(members)) {
  const toAccount = pick(members.filter((member) => member !== fromAccount));
  return { fromAccount, toAccount, amount: String(1 + random(50)), description: 'x'.repeat(random(DESCRIPTION_MAX)) };
}

/**
 * Returns the plan by step. `visitors` are those that come, with everything that each does later. `weather` is what
 * the gates do. Each of `posters` has its transfers; a poster with a name posts for that account.
 */
export function drawPlan({ visitors, steps, doors, gates, members, posters, transfersAStep }) {
  const weather = Array.from({ length: gates }, (_, gate) => drawWeather(gate, steps)).flat();
  const all = Array.from({ length: visitors }, (_, number) => drawVisitor(number, { steps, doors, members }));
  return Array.from({ length: steps }, (_, step) => ({
    weather: weather.filter((spell) => spell.step === step),
    visitors: all.filter((visitor) => visitor.firstStep === step),
    transfers: posters.map((account) => Array.from({ length: transfersAStep }, () => drawTransfer(members, account))),
  }));
}
