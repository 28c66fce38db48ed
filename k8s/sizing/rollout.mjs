// A roll-out of the edges, pod by pod as the Deployment does it: new ones up, old ones drained, their sockets
// on whichever edge the balancer gives them, from which some are sent away again.

export const ROLLOUT = {
  pods: 3,
  sockets: 0,
  surge: 1,
  // Until a new pod is counted as available: its start, and minReadySeconds.
  readySeconds: 20,
  drainDelaySeconds: 8,
  drainSeconds: 20,
  // 'least-connections' or 'round-robin'.
  balancer: 'least-connections',
};

/** Sockets that come to `edges` by the balancer's choice. */
function spread(edges, sockets, balancer) {
  if (balancer === 'round-robin') {
    for (const edge of edges) edge.sockets += sockets / edges.length;
    return;
  }
  // The emptiest is filled up to the next one, then both, and so on.
  const byFill = [...edges].sort((a, b) => a.sockets - b.sockets);
  let left = sockets;
  for (let count = 1; count <= byFill.length && left > 0; count++) {
    const gap = count < byFill.length ? byFill[count].sockets - byFill[count - 1].sockets : Infinity;
    const each = Math.min(gap, left / count);
    for (const edge of byFill.slice(0, count)) edge.sockets += each;
    left -= each * count;
  }
}

/** Its duration, how often a socket had to come back, the fullest edge, and the most that came to one in a second. */
export function playRollout(given) {
  const { pods, sockets, surge, readySeconds, drainDelaySeconds, drainSeconds, balancer } = { ...ROLLOUT, ...given };
  let edges = Array.from({ length: pods }, () => ({ isNew: false, sockets: sockets / pods }));
  let [seconds, moves, fullest, mostASecond] = [0, 0, sockets / pods, 0];
  while (edges.some(({ isNew }) => !isNew)) {
    const leaving = edges.filter(({ isNew }) => !isNew).slice(0, surge);
    const staying = edges.filter((edge) => !leaving.includes(edge)).concat(leaving.map(() => ({ isNew: true, sockets: 0 })));
    const sentAway = leaving.reduce((total, edge) => total + edge.sockets, 0);
    const before = staying.map((edge) => edge.sockets);
    spread(staying, sentAway, balancer);
    moves += sentAway;
    fullest = Math.max(fullest, ...staying.map((edge) => edge.sockets));
    mostASecond = Math.max(mostASecond, ...staying.map((edge, index) => (edge.sockets - before[index]) / drainSeconds));
    seconds += readySeconds + drainDelaySeconds + drainSeconds;
    edges = staying;
  }
  return { seconds, movesPerSocket: sockets === 0 ? 0 : moves / sockets, fullest, mostASecond, sockets: edges.reduce((total, edge) => total + edge.sockets, 0) };
}
