// A Job can be applied again at any time with the same content. With other content it can be applied once the old Job
// is gone.

export function* check(inventory) {
  for (const { object, pod, containers } of inventory.ours.filter(({ runsOn }) => !runsOn)) {
    const { ttlSecondsAfterFinished, backoffLimit } = object.spec;
    if (!(ttlSecondsAfterFinished <= 3600)) yield [object, 'stays when it is done, and a new version of it cannot be applied then: set ttlSecondsAfterFinished'];
    if (!(backoffLimit >= 10)) yield [object, 'gives up before a new database is there: set backoffLimit to 10 or more'];
    if (pod.restartPolicy !== 'OnFailure') yield [object, 'leaves a pod behind for each failure: set restartPolicy to OnFailure'];
    const maps = [...containers.flatMap(({ envFrom = [], env = [] }) => [...envFrom, ...env.map(({ valueFrom }) => valueFrom ?? {})]), ...(pod.volumes ?? [])];
    if (maps.some(({ configMapRef, configMapKeyRef, configMap }) => configMapRef ?? configMapKeyRef ?? configMap)) {
      yield [object, 'refers to a ConfigMap, whose name changes with its content, and a Job cannot be changed: give it its settings in env'];
    }
  }
}
