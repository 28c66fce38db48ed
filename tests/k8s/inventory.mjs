// The rendered objects as the rules look at them: workloads with their pods, and who is meant by a
// selector or a name. What an operator will make of an object (CloudNativePG of a Cluster, cert-manager
// of a Certificate) counts as there.

export const nameOf = ({ kind, metadata }) => `${kind}/${metadata.name}`;

const CNPG_PORTS = [{ name: 'postgres', containerPort: 5432 }, { name: 'status', containerPort: 8000 }, { name: 'metrics', containerPort: 9187 }];
const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Pod']);

function templateOf(object) {
  if (object.kind === 'Pod') return object;
  return (object.kind === 'CronJob' ? object.spec.jobTemplate : object).spec.template;
}

/** How Kubernetes matches labels by a selector. One that is empty matches all. */
export function matches(selector, labels = {}) {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values }) => ({
      In: () => values.includes(labels[key]),
      NotIn: () => !values.includes(labels[key]),
      Exists: () => key in labels,
      DoesNotExist: () => !(key in labels),
    })[operator]());
}

/** One set of pods. `ours` is false for pods that an operator makes and answers for. */
class Workload {
  constructor(object) {
    const template = templateOf(object);
    this.object = object;
    this.ours = true;
    this.labels = template.metadata?.labels ?? {};
    this.pod = template.spec;
    this.containers = [...(this.pod.initContainers ?? []), ...this.pod.containers];
    this.runsOn = object.kind !== 'Job' && object.kind !== 'CronJob';
    // One without a number is an autoscaler's.
    this.replicas = this.runsOn ? object.spec.replicas ?? 2 : 1;
  }

  get ports() {
    return this.containers.flatMap(({ ports = [] }) => ports);
  }
}

function ofCluster(object) {
  return {
    object, ours: false, labels: { 'cnpg.io/cluster': object.metadata.name }, pod: { containers: [] }, containers: [], runsOn: true,
    replicas: object.spec.instances, ports: CNPG_PORTS,
  };
}

function servicesOfCluster({ metadata }) {
  return ['rw', 'ro', 'r'].map((suffix) => ({
    apiVersion: 'v1', kind: 'Service', metadata: { name: `${metadata.name}-${suffix}`, namespace: metadata.namespace },
    spec: { selector: { 'cnpg.io/cluster': metadata.name }, ports: [{ port: 5432, targetPort: 5432 }] },
  }));
}

export class Inventory {
  constructor(objects) {
    this.objects = objects;
    const clusters = this.all('Cluster');
    this.workloads = [...objects.filter(({ kind }) => WORKLOADS.has(kind)).map((object) => new Workload(object)), ...clusters.map(ofCluster)];
    this.services = [...this.all('Service'), ...clusters.flatMap(servicesOfCluster)];
  }

  all(kind) {
    return this.objects.filter((object) => object.kind === kind);
  }

  find(kind, name) {
    return this.objects.find((object) => object.kind === kind && object.metadata.name === name);
  }

  /** Workloads whose pods we describe ourselves. */
  get ours() {
    return this.workloads.filter(({ ours }) => ours);
  }

  select(selector) {
    return this.workloads.filter(({ labels }) => matches(selector, labels));
  }

  /** The Service of that name as pods of its namespace find it: name, name.namespace, name.namespace.svc, ... */
  service(host) {
    const [name, namespace] = host.split('.');
    return this.services.find(({ metadata }) => metadata.name === name && (namespace ?? metadata.namespace) === metadata.namespace);
  }

  /** Environment variables of a container as the program is given them, where they are literal. */
  settings(container) {
    const fromMaps = (container.envFrom ?? []).flatMap(({ configMapRef }) => Object.entries(this.find('ConfigMap', configMapRef?.name)?.data ?? {}));
    const own = (container.env ?? []).filter(({ value }) => value !== undefined).map(({ name, value }) => [name, value]);
    return Object.fromEntries([...fromMaps, ...own]);
  }

  /** Each container of ours with its workload and its settings. `isInit`: it ends before the others start. */
  * containers() {
    for (const workload of this.ours) {
      for (const container of workload.containers) {
        const isInit = !workload.pod.containers.includes(container);
        yield { workload, container, settings: this.settings(container), isInit };
      }
    }
  }
}

/** Bytes of 512Mi, 1Gi, 64k. */
export function bytesOf(quantity) {
  const [, number, unit] = /^([\d.]+)([A-Za-z]*)$/.exec(String(quantity));
  const units = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };
  return Number(number) * units[unit];
}
