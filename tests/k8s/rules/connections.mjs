// Each address in a program's settings exists with that name and port, and the network policies allow the connection.

import { nameOf } from '../inventory.mjs';
import { elsewhere, reaches } from '../paths.mjs';

const DNS = elsewhere('kube-system', { 'k8s-app': 'kube-dns' });

function* namedIn({ LEDGERCAST_SERVICE: service, LEDGERCAST_DATABASE: database }) {
  if (service !== undefined) {
    const [host, port] = service.split(':');
    yield { setting: 'LEDGERCAST_SERVICE', host, port: Number(port) };
  }
  if (database !== undefined) {
    const words = Object.fromEntries(database.split(/\s+/).map((word) => word.split('=')));
    yield { setting: 'LEDGERCAST_DATABASE', host: words.host, port: Number(words.port ?? 5432) };
  }
}

export function* check(inventory) {
  for (const { workload, settings } of inventory.containers()) {
    for (const { setting, host, port } of namedIn(settings)) yield* toService(inventory, workload, setting, host ?? '', port);
  }
}

function* toService(inventory, workload, setting, host, port) {
  const { object } = workload;
  const service = inventory.service(host);
  const opening = service?.spec.ports.find((each) => each.port === port);
  if (opening === undefined) {
    yield [object, `${setting} names ${host}:${port}, and no Service is that: correct it`];
    return;
  }
  for (const target of inventory.select({ matchLabels: service.spec.selector })) {
    const wanted = opening.targetPort ?? port;
    const number = target.ports.find(({ name, containerPort }) => name === wanted || containerPort === wanted)?.containerPort;
    if (!reaches(inventory, workload, target, number)) yield [object, `${setting} names ${host}:${port}, but the policies do not let it reach port ${number} of ${nameOf(target.object)}: allow egress here and ingress there`];
  }
  if (!reaches(inventory, workload, DNS, 53, 'UDP') || !reaches(inventory, workload, DNS, 53)) yield [object, `${setting} is a name, but policy dns does not let it ask for it: add it there`];
}
