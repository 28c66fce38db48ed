// A program that keeps running has three different probes: whether it has started, whether it may get work, and
// whether it must be restarted. If the last two were the same, it would be killed because its database is away.

const KINDS = ['startupProbe', 'readinessProbe', 'livenessProbe'];

const questionOf = ({ grpc, httpGet, exec, tcpSocket }) => JSON.stringify({ grpc, httpGet, exec, tcpSocket });

export function* check(inventory) {
  for (const { workload, container, isInit } of inventory.containers()) {
    if (!workload.runsOn || isInit) continue;
    for (const kind of KINDS) {
      const probe = container[kind];
      if (probe === undefined) yield [workload.object, `container ${container.name} has no ${kind}: add one`];
      else yield* ofOne(workload.object, container, kind, probe);
    }
    const { readinessProbe, livenessProbe } = container;
    if (readinessProbe && livenessProbe && questionOf(readinessProbe) === questionOf(livenessProbe)) {
      yield [workload.object, `container ${container.name} is asked the same by readinessProbe and livenessProbe: ask the second one only whether the process lives`];
    }
  }
}

function* ofOne(object, container, kind, { grpc, httpGet, initialDelaySeconds }) {
  const port = grpc?.port ?? httpGet?.port;
  const has = (container.ports ?? []).some(({ name, containerPort }) => port === containerPort || port === name);
  if (port !== undefined && !has) yield [object, `${kind} of container ${container.name} asks port ${port}, which it does not have: add it to its ports`];
  if (grpc !== undefined && !grpc.service) yield [object, `${kind} of container ${container.name} names no gRPC health service: name startup, readiness or liveness`];
  if (initialDelaySeconds > 0) yield [object, `${kind} of container ${container.name} waits a fixed time first: leave that to startupProbe`];
}
