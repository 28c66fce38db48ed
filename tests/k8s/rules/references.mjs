// Each object that is referred to by name exists, or is made by Job secrets or by an operator.

// Secrets that `ledgercast secrets create --kubernetes` makes, with their files.
const MADE = {
  'ledgercast-accounts': ['admin', 'user1', 'user2', 'user3', 'demo-accounts.json'],
  'ledgercast-database': ['username', 'password'],
  'ledgercast-database-owner': ['username', 'password'],
  'ledgercast-database-service': ['username', 'password'],
  'ledgercast-edge': ['relay.pem'],
  'ledgercast-transaction-service': ['signing.pem', 'relay.pub.pem'],
};

/** Returns the files of a Secret that will exist, or undefined. */
export function filesOfSecret(inventory, name) {
  if (inventory.find('Job', 'secrets') && name in MADE) return MADE[name];
  if (inventory.all('Certificate').some(({ spec }) => spec.secretName === name)) return ['tls.crt', 'tls.key', 'ca.crt'];
  if (inventory.all('Cluster').some(({ metadata }) => `${metadata.name}-ca` === name)) return ['ca.crt', 'ca.key'];
  return undefined;
}

export function* check(inventory) {
  for (const workload of inventory.ours) {
    const { object, pod } = workload;
    if (!inventory.find('ServiceAccount', pod.serviceAccountName)) yield [object, `its ServiceAccount ${pod.serviceAccountName} is not there: add it`];
    for (const volume of pod.volumes ?? []) yield* ofVolume(inventory, object, volume);
    yield* ofMounts(workload);
  }
  for (const { workload, container } of inventory.containers()) {
    for (const { configMapRef } of container.envFrom ?? []) {
      if (configMapRef && !inventory.find('ConfigMap', configMapRef.name)) yield [workload.object, `its ConfigMap ${configMapRef.name} is not there: add it`];
    }
  }
  yield* ofOthers(inventory);
}

function* ofVolume(inventory, object, { name, secret, configMap, persistentVolumeClaim }) {
  if (secret !== undefined) {
    const files = filesOfSecret(inventory, secret.secretName);
    if (files === undefined) yield [object, `Secret ${secret.secretName} of volume ${name} is made by nobody: correct its name`];
    const lacking = (secret.items ?? []).find(({ key }) => files && !files.includes(key));
    if (lacking) yield [object, `Secret ${secret.secretName} of volume ${name} has no ${lacking.key}: it has ${files.join(', ')}`];
    if (secret.optional) yield [object, `volume ${name} is optional, so the pod starts without it: leave that out`];
  }
  if (configMap !== undefined && !inventory.find('ConfigMap', configMap.name)) yield [object, `ConfigMap ${configMap.name} of volume ${name} is not there: add it`];
  const claim = persistentVolumeClaim?.claimName;
  if (claim !== undefined && !inventory.find('PersistentVolumeClaim', claim)) yield [object, `PersistentVolumeClaim ${claim} of volume ${name} is not there: add it`];
}

function* ofMounts({ object, pod, containers }) {
  const volumes = [...(pod.volumes ?? []).map(({ name }) => name), ...(object.spec.volumeClaimTemplates ?? []).map(({ metadata }) => metadata.name)];
  const mounts = containers.flatMap(({ volumeMounts = [] }) => volumeMounts.map(({ name }) => name));
  for (const name of mounts.filter((each) => !volumes.includes(each))) yield [object, `mounts volume ${name}, which is not there: add it`];
  for (const name of volumes.filter((each) => !mounts.includes(each))) yield [object, `nobody mounts volume ${name}: mount it, or leave it out`];
}

function* ofOthers(inventory) {
  for (const binding of inventory.all('RoleBinding')) {
    const wanted = [[binding.roleRef.kind, binding.roleRef.name], ...binding.subjects.map(({ kind, name }) => [kind, name])];
    for (const [kind, name] of wanted.filter(([kind, name]) => !inventory.find(kind, name))) yield [binding, `${kind} ${name} is not there: correct its name`];
    for (const { namespace, name } of binding.subjects) {
      if (namespace !== binding.metadata.namespace) yield [binding, `names ${name} of another namespace: correct it`];
    }
  }
  for (const certificate of inventory.all('Certificate')) {
    const { kind, name } = certificate.spec.issuerRef;
    if (!inventory.find(kind, name)) yield [certificate, `${kind} ${name} is not there: correct issuerRef`];
  }
  for (const issuer of inventory.all('Issuer')) {
    const secret = issuer.spec.ca?.secretName;
    if (secret !== undefined && !filesOfSecret(inventory, secret)) yield [issuer, `Secret ${secret} is made by no Certificate: correct its name`];
  }
  for (const cluster of inventory.all('Cluster')) {
    const managed = (cluster.spec.managed?.roles ?? []).map(({ passwordSecret }) => passwordSecret?.name);
    for (const secret of [cluster.spec.bootstrap?.initdb?.secret?.name, ...managed]) {
      if (!filesOfSecret(inventory, secret)) yield [cluster, `Secret ${secret} is made by nobody: correct its name`];
    }
  }
  for (const monitor of inventory.all('ServiceMonitor')) yield* ofMonitor(inventory, monitor);
}

function* ofMonitor(inventory, monitor) {
  const { matchLabels } = monitor.spec.selector;
  const services = inventory.all('Service').filter(({ metadata }) => Object.entries(matchLabels).every(([key, value]) => metadata.labels?.[key] === value));
  if (services.length !== 1) yield [monitor, `its selector matches ${services.length} Services: it must be one`];
  for (const { port } of monitor.spec.endpoints) {
    if (services.some(({ spec }) => !spec.ports.some(({ name }) => name === port))) yield [monitor, `port ${port} is no port of its Service: correct it`];
  }
}
