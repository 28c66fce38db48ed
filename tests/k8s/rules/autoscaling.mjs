// The number of replicas is set in one place. If there is an autoscaler, an apply must not set its number back.

export function* check(inventory) {
  for (const autoscaler of inventory.all('HorizontalPodAutoscaler')) {
    const { scaleTargetRef: { kind, name }, minReplicas = 1, maxReplicas } = autoscaler.spec;
    const target = inventory.find(kind, name);
    if (target === undefined) yield [autoscaler, `scales ${kind}/${name}, which is not there: correct scaleTargetRef`];
    else if (target.spec.replicas !== undefined) yield [target, `has replicas beside ${autoscaler.kind}/${autoscaler.metadata.name}: leave them out`];
    if (minReplicas < 2 || maxReplicas <= minReplicas) yield [autoscaler, 'leaves no second one, or no room: set minReplicas to 2 or more and maxReplicas above it'];
  }
}
