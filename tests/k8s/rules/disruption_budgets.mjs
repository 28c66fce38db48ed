// When nodes are drained, enough replicas remain of each workload, and the drain is never blocked.

import { nameOf } from '../inventory.mjs';

export function* check(inventory) {
  const budgets = inventory.all('PodDisruptionBudget');
  for (const budget of budgets) yield* ofBudget(budget, inventory);
  for (const workload of inventory.ours.filter(({ runsOn, replicas }) => runsOn && replicas > 1)) {
    const mine = budgets.filter(({ spec }) => inventory.select(spec.selector).includes(workload));
    if (mine.length !== 1) yield [workload.object, `has ${workload.replicas} replicas and ${mine.length} disruption budgets: give it one`];
  }
}

function* ofBudget(budget, inventory) {
  const { selector, maxUnavailable, minAvailable, unhealthyPodEvictionPolicy } = budget.spec;
  const selected = inventory.select(selector);
  if (selected.length !== 1) {
    yield [budget, `selects ${selected.map(({ object }) => nameOf(object)).join(', ') || 'no pod'}: it must select one workload`];
  }
  if (unhealthyPodEvictionPolicy !== 'AlwaysAllow') yield [budget, 'pods that are not ready can hold up the drain of their node: set unhealthyPodEvictionPolicy to AlwaysAllow'];
  if (minAvailable !== undefined || !(maxUnavailable >= 1)) yield [budget, 'with few replicas it may let none go: set maxUnavailable to 1 or more in place of minAvailable'];
}
