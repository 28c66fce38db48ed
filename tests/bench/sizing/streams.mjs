// Measures what one more edge costs a service, and what a message costs an edge without clients.

import { during, makeStack, mean, MESSAGES_A_SECOND, postAtRate, round, say, SECONDS, slope } from './setup.mjs';

const EDGES = [0, 1, 4, 8, 16];

export async function measureStreams() {
  const setup = await makeStack(1_000);
  const { stack } = setup;
  await postAtRate(setup, 2_000, 3);
  const before = stack.service.rssBytes();
  for (let edges = 0; edges < EDGES.at(-1); edges++) await (await stack.addEdge(stack.service)).waitUntilReady();
  say({ part: 'streams', serviceBytesAStream: round((stack.service.rssBytes() - before) / EDGES.at(-1), 0), edgeBytesAtStart: stack.edge.rssBytes() });
  const points = [];
  for (const edges of [...EDGES].reverse()) {
    while (stack.edges.length > edges) await stack.removeEdge(stack.edges.at(-1));
    for (const rate of [500, 2_000]) {
      const { count, serviceUs, edgeUs, bytes } = await during(setup, () => postAtRate(setup, rate, SECONDS));
      points.push([edges, (serviceUs * count) / (SECONDS * MESSAGES_A_SECOND)]);
      say({
        part: 'streams', edges, rate, serviceCpuUsAMessage: round(points.at(-1)[1]),
        edgeCpuUsAMessage: round(edges ? (mean(edgeUs) * count) / (SECONDS * MESSAGES_A_SECOND) : 0),
        bytesATransactionAndStream: round(bytes),
      });
    }
  }
  say({ part: 'streams', serviceCpuUsAMessageAndStream: round(slope(points)) });
  await stack.stop();
}
