// A Service matches pods, and its ports are ports of these pods.

export function* check(inventory) {
  for (const service of inventory.all('Service')) {
    const { selector, ports } = service.spec;
    const targets = selector === undefined ? [] : inventory.select({ matchLabels: selector });
    if (targets.length !== 1) yield [service, `its selector matches ${targets.length} workloads: it must be one`];
    for (const { targetPort, port } of ports) {
      const wanted = targetPort ?? port;
      const lacking = targets.filter((target) => !target.ports.some(({ name, containerPort }) => wanted === containerPort || wanted === name));
      if (lacking.length > 0) yield [service, `targetPort ${wanted} is no port of ${lacking[0].object.metadata.name}: correct it, or add it to the container's ports`];
    }
  }
  for (const set of inventory.all('StatefulSet')) {
    const { serviceName } = set.spec;
    if (inventory.service(serviceName)?.spec.clusterIP !== 'None') yield [set, `serviceName ${serviceName} is no headless Service: make it one with clusterIP None`];
  }
  yield* routes(inventory);
}

/** Checks that traffic from outside goes to ports of Services. */
function* routes(inventory) {
  const fromIngresses = inventory.all('Ingress').flatMap((object) => object.spec.rules.flatMap(({ http }) =>
    http.paths.map(({ backend: { service } }) => ({ object, name: service.name, wanted: service.port.name ?? service.port.number }))));
  const fromRoutes = inventory.all('HTTPRoute').flatMap((object) => object.spec.rules.flatMap(({ backendRefs }) =>
    backendRefs.map(({ name, port }) => ({ object, name, wanted: port }))));
  for (const { object, name, wanted } of [...fromIngresses, ...fromRoutes]) {
    const has = inventory.service(name)?.spec.ports.some((port) => port.port === wanted || port.name === wanted);
    if (!has) yield [object, `there is no Service ${name} with port ${wanted}: correct the backend`];
  }
}
