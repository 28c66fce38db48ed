// A roll-out never has fewer ready pods than before, and waits until clients find the new pod.

export function* check(inventory) {
  for (const deployment of inventory.all('Deployment')) {
    const { strategy = {}, minReadySeconds = 0, template } = deployment.spec;
    if (strategy.type !== 'RollingUpdate' || strategy.rollingUpdate?.maxUnavailable !== 0) yield [deployment, 'a roll-out may take one away before another is ready: set strategy.rollingUpdate.maxUnavailable to 0'];
    if (!(strategy.rollingUpdate?.maxSurge >= 1)) yield [deployment, 'a roll-out has no room for a new one: set strategy.rollingUpdate.maxSurge to 1'];
    if (minReadySeconds < 5) yield [deployment, 'the next one goes as soon as a new one is ready, before that is found: set minReadySeconds to 5 or more'];
    yield* spread(deployment, template.spec.topologySpreadConstraints ?? []);
  }
}

function* spread(deployment, constraints) {
  for (const key of ['topology.kubernetes.io/zone', 'kubernetes.io/hostname']) {
    const constraint = constraints.find(({ topologyKey }) => topologyKey === key);
    if (constraint === undefined) yield [deployment, `all of it may end up in one ${key}: add a topologySpreadConstraint`];
    else if (!constraint.matchLabelKeys?.includes('pod-template-hash')) yield [deployment, `a roll-out counts the pods that go when it spreads by ${key}: add pod-template-hash to matchLabelKeys`];
    else if (JSON.stringify(constraint.labelSelector) !== JSON.stringify(deployment.spec.selector)) yield [deployment, `is spread by ${key} among other pods than its own: make labelSelector the Deployment's selector`];
  }
}
