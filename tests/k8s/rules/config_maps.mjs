// A changed setting makes a new ConfigMap, which restarts the pods. If a ConfigMap were changed in place, only pods
// that happen to restart would read it.

export function* check(inventory) {
  for (const { workload, container } of inventory.containers()) {
    for (const { configMapRef } of container.envFrom ?? []) {
      const map = inventory.find('ConfigMap', configMapRef?.name);
      if (map !== undefined && map.immutable !== true) yield [map, `is read by ${workload.object.metadata.name} at its start and may be changed in place: set options.immutable to true in its generator, at each merge`];
      if (map !== undefined && !/-[a-z0-9]{10}$/.test(map.metadata.name)) yield [map, `keeps its name when its content changes, so ${workload.object.metadata.name} is not rolled: leave the hash in its name`];
    }
  }
}
