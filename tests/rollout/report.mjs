// The figures of a roll-out, for people.

import { drainsOf } from './checks.mjs';
import { histogramOf, spreadOf } from './spread.mjs';

const BAR_WIDTH = 60;
const STEP_MS = 1000;

const orNone = (ms) => (ms === undefined ? 'none' : `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`);
const total = (values) => values.reduce((sum, value) => sum + value, 0);

/** All that is drawn or told of when sockets left and came back, in seconds from the first step. */
export function figuresOf(result) {
  const { followers, phases, steps, callers, options, latencies } = result;
  const from = phases.before.from;
  const until = phases.after.until;
  const returns = followers.flatMap((follower) => follower.returns);
  const times = { from, until, stepMs: STEP_MS };
  const drains = drainsOf(result).map(({ labels, from: first, returns: own }) => {
    const backs = own.map(({ backAt }) => backAt).filter(Boolean);
    return { labels, ...spreadOf(backs), firstS: (Math.min(...backs) - first) / 1000, lastS: (Math.max(...backs) - first) / 1000 };
  });
  const phaseNames = Object.keys(phases);
  return {
    seconds: (until - from) / 1000,
    steps: steps.map(({ at, what }) => ({ second: (at - from) / 1000, what })),
    returnsASecond: histogramOf(returns.map(({ backAt }) => backAt), times),
    leavesASecond: histogramOf(returns.map(({ leftAt }) => leftAt), times),
    goingAway: returns.filter(({ by }) => by === 'goingAway').length,
    cut: returns.filter(({ by }) => by !== 'goingAway').length,
    notAtOnce: returns.filter(({ failures }) => failures.length > 0).length,
    drains,
    windowSeconds: (options.leavingMs + options.returningMs) / 1000,
    awayMs: returns.map(({ backAt, leftAt }) => backAt - leftAt).filter(Number.isFinite).toSorted((a, b) => a - b),
    latencies: phaseNames.flatMap((phase) => [phase, `${phase} away`]).filter((phase) => latencies.count(phase) > 0)
      .map((phase) => ({ phase, deliveries: latencies.count(phase), p50: latencies.quantile(phase, 0.5), p99: latencies.quantile(phase, 0.99), most: latencies.quantile(phase, 1) })),
    calls: Object.entries(callers.counts).map(([kind, counts]) => ({ kind, ...counts })),
    unsafe: callers.unsafe.length,
    repeats: total(followers.map(({ repeats }) => repeats)),
    rows: total(followers.map(({ count }) => count)),
  };
}

function drawHistogram(figures) {
  const most = Math.max(...figures.returnsASecond, 1);
  const lines = figures.returnsASecond.map((count, second) => {
    const steps = figures.steps.filter((step) => Math.floor(step.second) === second).map(({ what }) => what);
    return { count, text: `${String(second).padStart(5)} s ${String(count).padStart(5)} ${'#'.repeat(Math.round((count / most) * BAR_WIDTH))}${steps.length > 0 ? `  <- ${steps.join(', ')}` : ''}`, isShown: count > 0 || steps.length > 0 };
  });
  return lines.filter(({ isShown }) => isShown).map(({ text }) => text);
}

const describeCalls = ({ kind, calls, retries, firstFailures }) => {
  const failures = Object.entries(firstFailures).map(([why, count]) => `${count} x ${why}`);
  return `  ${kind.padEnd(16)} ${String(calls).padStart(6)} calls, ${retries} retries${failures.length > 0 ? `; first tries failed: ${failures.join(', ')}` : ''}`;
};

/** Lines of text. */
export function reportOf(result) {
  const figures = figuresOf(result);
  const { options, history, socketsBefore, socketsAfter } = result;
  const at = (share) => figures.awayMs[Math.floor(share * (figures.awayMs.length - 1))];
  const holds = (edges) => edges.map(({ label, sockets }) => `${label}: ${sockets}`).join(', ');
  return [
    `${options.sockets} sockets, ${options.edges} edges behind HAProxy (${options.balance}), ${options.services} services found by ${options.discovery}; ${history.length} transactions, ${figures.rows} deliveries, ${figures.seconds.toFixed(0)} s`,
    '', 'sockets that came back, a second:', ...drawHistogram(figures), '',
    `left: ${figures.goingAway} sent away, ${figures.cut} cut; ${figures.notAtOnce} did not get in at once; away for p50 ${orNone(at(0.5))}, most ${orNone(at(1))}`,
    ...figures.drains.map(({ labels, count, seconds: span, firstS, lastS, mean, peak }) =>
      `${labels.join(' and ')}: ${count} reconnects are spread over ${span.toFixed(1)} s of the ${figures.windowSeconds.toFixed(1)} s over which they are sent away and asked back (${firstS.toFixed(1)} s to ${lastS.toFixed(1)} s), mean ${mean.toFixed(1)}/s, peak ${peak}/s (${(peak / mean).toFixed(2)} x)`),
    `sockets before: ${holds(socketsBefore)}; after: ${holds(socketsAfter)}`,
    '', 'commit to socket ("away": committed while the socket was on its way from one edge to another):',
    ...figures.latencies.map(({ phase, deliveries, p50, p99, most }) => `  ${phase.padEnd(14)} ${String(deliveries).padStart(8)} deliveries, p50 ${orNone(p50)}, p99 ${orNone(p99)}, most ${orNone(most)}`),
    '', 'requests:', ...figures.calls.map(describeCalls), `  failed without a safe retry: ${figures.unsafe}`,
  ];
}

