// Manifests that break the rules about settings, secrets, names and roll-outs: [rule, changed object, rendering,
// change, message].

const podOf = (object) => object.spec.template.spec;
const containerOf = (object) => podOf(object).containers[0];
const volumeOf = (object, wanted) => podOf(object).volumes.find(({ name }) => name === wanted);
const ofEdge = (change) => (find) => change(containerOf(find('Deployment', 'edge')), podOf(find('Deployment', 'edge')));
const setting = (map, name, value) => (find) => { find('ConfigMap', map).data[name] = value; };
const unset = (map, name) => (find) => { delete find('ConfigMap', map).data[name]; };

export default [
  ['no_secrets', 'a password is in a ConfigMap', 'base', setting('transaction-service', 'PGPASSWORD', 'secret'), /PGPASSWORD has a literal value/],
  ['no_secrets', 'a password is in the connection string', 'base', setting('transaction-service', 'LEDGERCAST_DATABASE', 'host=postgres password=secret'), /holds a password/],
  ['no_secrets', 'a password is in a URL', 'base', setting('transaction-service', 'LEDGERCAST_DATABASE', 'postgresql://ledgercast:secret@postgres/ledgercast'), /a URL with a password/],
  ['no_secrets', 'a key is in a ConfigMap', 'base', setting('edge', 'relay.pem', '-----BEGIN PRIVATE KEY-----\n...'), /a PEM block/],
  ['no_secrets', 'a token is in a ConfigMap', 'base', setting('edge', 'LEDGERCAST_ISSUER', 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.'), /holds a token/],
  ['no_secrets', 'a Secret is in the manifests', 'base', (_, objects) => { objects.push({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'ledgercast-edge', namespace: 'ledgercast' } }); }, /Secret\/ledgercast-edge: .* is in the manifests/],
  ['no_secrets', 'a variable comes from a Secret', 'base', (find) => { containerOf(find('StatefulSet', 'postgres')).env.push({ name: 'POSTGRES_PASSWORD', valueFrom: { secretKeyRef: { name: 'ledgercast-database', key: 'password' } } }); }, /POSTGRES_PASSWORD .* comes from a Secret/],
  ['no_secrets', 'a variable is a password', 'base', (find) => { containerOf(find('StatefulSet', 'postgres')).env.push({ name: 'POSTGRES_PASSWORD', value: 'secret' }); }, /POSTGRES_PASSWORD has a literal value in container/],
  ['no_secrets', 'the environment is a Secret', 'base', ofEdge((container) => { container.envFrom.push({ secretRef: { name: 'ledgercast-edge' } }); }), /a whole Secret in its environment/],
  ['no_secrets', 'the command holds a password', 'base', ofEdge((container) => { container.command.push('--database=password=secret'); }), /the command of container edge holds a password/],

  ['flags', 'a setting is no flag', 'base', setting('edge', 'LEDGERCAST_MAX_SOCKET', '1'), /LEDGERCAST_MAX_SOCKET is no flag of ledgercast-edge/],
  ['flags', 'a setting is another program\'s flag', 'base', setting('edge', 'LEDGERCAST_HEALTH_LISTEN', '0.0.0.0:50052'), /is no flag of ledgercast-edge/],
  ['flags', 'a Job has a setting that is no flag', 'base', (find) => { containerOf(find('Job', 'accounts')).env[0].name = 'LEDGERCAST_DATABSE'; }, /Job\/accounts: flags: LEDGERCAST_DATABSE/],
  ['flags', 'an argument is no flag', 'base', (find) => { containerOf(find('Job', 'accounts')).command.push('--if-needed'); }, /--if-needed is no flag of ledgercast admin create/],
  ['flags', 'a program is not ours', 'base', ofEdge((container) => { container.command = ['/usr/bin/ledgercast-egde']; }), /ledgercast-egde is no program of ours/],

  ['config_maps', 'settings may be changed in place', 'base', (find) => { delete find('ConfigMap', 'edge').immutable; }, /^ConfigMap\/edge-[a-z0-9]{10}: .* may be changed in place/],
  ['config_maps', 'settings keep their name', 'base', (find) => { containerOf(find('Deployment', 'edge')).envFrom[0].configMapRef.name = find('ConfigMap', 'edge').metadata.name = 'edge'; }, /keeps its name/],

  ['connections', 'the service is called something else', 'base', setting('edge', 'LEDGERCAST_SERVICE', 'service:50051'), /no Service is that/],
  ['connections', 'the service has another port', 'base', (find) => { find('Service', 'transaction-service').spec.ports[0].port = 50050; }, /LEDGERCAST_SERVICE names transaction-service:50051/],
  ['connections', 'the database is not let in to', 'base', (find) => { find('NetworkPolicy', 'postgres').spec.ingress = []; }, /do not let it reach port 5432 of StatefulSet\/postgres/],
  ['connections', 'the service is not let out to', 'base', (find) => { find('NetworkPolicy', 'edge').spec.egress = []; }, /do not let it reach port 50051/],
  ['connections', 'no instance is let in to', 'production', (find) => { find('NetworkPolicy', 'postgres-cluster').spec.ingress.shift(); }, /port 5432 of Cluster\/postgres/],
  ['connections', 'DNS is not let out to', 'base', (find) => { find('NetworkPolicy', 'dns').spec.podSelector.matchExpressions[0].values = ['edge', 'transaction-service']; }, /Job\/accounts: .* policy dns/],

  ['database_roles', 'the service changes its tables', 'base', setting('transaction-service', 'LEDGERCAST_MIGRATE', 'true'), /^Deployment\/transaction-service: .* set LEDGERCAST_MIGRATE to false/],
  ['database_roles', 'the service has the owner\'s password', 'base', (find) => { containerOf(find('Deployment', 'transaction-service')).volumeMounts.push({ name: 'database-owner', mountPath: '/owner' }); }, /is given the password of ledgercast_owner/],
  ['database_roles', 'the service has the superuser\'s password', 'base', (find) => { volumeOf(find('Deployment', 'transaction-service'), 'database-service').secret.secretName = 'ledgercast-database'; }, /is given the password of ledgercast, which may change/],
  ['database_roles', 'the service is the owner', 'base', setting('transaction-service', 'LEDGERCAST_DATABASE', 'host=postgres dbname=ledgercast user=ledgercast_owner'), /signs in as ledgercast_owner with the password of ledgercast_service/],
  ['database_roles', 'a Job is the superuser', 'base', (find) => { containerOf(find('Job', 'accounts')).env[0].value = 'host=postgres dbname=ledgercast user=ledgercast'; }, /Job\/accounts: .* signs in as ledgercast with the password of ledgercast_service/],
  ['database_roles', 'nobody migrates', 'base', (find) => { delete podOf(find('Deployment', 'transaction-service')).initContainers; }, /add initContainer migrate/],
  ['database_roles', 'another role is granted the rights', 'base', (find) => { podOf(find('Deployment', 'transaction-service')).initContainers[0].command[2] = '--runtime-role=ledgercast'; }, /does not grant ledgercast_service what/],
  ['database_roles', 'the instances\' owner is another', 'production', (find) => { volumeOf(find('Deployment', 'transaction-service'), 'database-owner').secret.secretName = 'ledgercast-database-owner'; }, /signs in as ledgercast with the password of ledgercast_owner/],

  ['references', 'a ServiceAccount is missing', 'base', ofEdge((_, pod) => { pod.serviceAccountName = 'egde'; }), /ServiceAccount egde is not there/],
  ['references', 'a ConfigMap is missing', 'base', ofEdge((container) => { container.envFrom[0].configMapRef.name = 'edge'; }), /ConfigMap edge is not there/],
  ['references', 'a ConfigMap of a volume is missing', 'base', ofEdge((_, pod) => { pod.volumes[0] = { name: 'keys', configMap: { name: 'keys' } }; }), /ConfigMap keys of volume keys/],
  ['references', 'a claim is missing', 'base', ofEdge((_, pod) => { pod.volumes[0] = { name: 'keys', persistentVolumeClaim: { claimName: 'keys' } }; }), /PersistentVolumeClaim keys/],
  ['references', 'a Secret is made by nobody', 'base', ofEdge((_, pod) => { pod.volumes[0].secret.secretName = 'edge'; }), /Secret edge of volume keys is made by nobody/],
  ['references', 'nobody makes the Secrets', 'base', (_, objects) => { objects.splice(objects.findIndex(({ kind, metadata }) => kind === 'Job' && metadata.name === 'secrets'), 1); }, /Secret ledgercast-edge .* is made by nobody/],
  ['references', 'a Secret lacks a file', 'base', (find) => { podOf(find('Job', 'accounts')).volumes[1].secret.items[0].key = 'root'; }, /ledgercast-accounts of volume accounts has no root/],
  ['references', 'a Secret is optional', 'base', ofEdge((_, pod) => { pod.volumes[0].secret.optional = true; }), /is optional/],
  ['references', 'a mount has no volume', 'base', ofEdge((container) => { container.volumeMounts[0].name = 'key'; }), /mounts volume key/],
  ['references', 'a volume has no mount', 'base', ofEdge((container) => { container.volumeMounts = []; }), /nobody mounts volume keys/],
  ['references', 'a Role is missing', 'base', (find) => { find('RoleBinding', 'secrets').roleRef.name = 'secret'; }, /Role secret is not there/],
  ['references', 'rights go to another namespace', 'base', (find) => { find('RoleBinding', 'secrets').subjects[0].namespace = 'default'; }, /of another namespace/],
  ['references', 'an Issuer is missing', 'production', (find) => { find('Certificate', 'edge').spec.issuerRef.name = 'ca'; }, /Issuer ca is not there/],
  ['references', 'an Issuer\'s Secret is missing', 'production', (find) => { find('Issuer', 'ledgercast-ca').spec.ca.secretName = 'ca'; }, /Secret ca is made by no Certificate/],
  ['references', 'the Secret of a Cluster\'s role is missing', 'production', (find) => { find('Cluster', 'postgres').spec.managed.roles[0].passwordSecret.name = 'service'; }, /Cluster\/postgres: .* Secret service is made by nobody/],
  ['references', 'the Cluster\'s Secret is missing', 'production', (find) => { find('Cluster', 'postgres').spec.bootstrap.initdb.secret.name = 'postgres-app'; }, /Secret postgres-app is made by nobody/],

  ['tls', 'the edge speaks plaintext', 'production', unset('edge', 'LEDGERCAST_SERVICE_CA_FILE'), /asks for plaintext where the service has TLS/],
  ['tls', 'the service speaks plaintext', 'production', unset('transaction-service', 'LEDGERCAST_TLS_CERT_FILE'), /asks for TLS where the service has plaintext/],
  ['tls', 'the certificate is for another name', 'production', (find) => { find('Certificate', 'transaction-service').spec.dnsNames = ['service']; }, /not for transaction-service/],
  ['tls', 'the certificate is no server\'s', 'production', (find) => { find('Certificate', 'transaction-service').spec.usages = ['client auth']; }, /add server auth/],
  ['tls', 'any client is let in', 'production', unset('transaction-service', 'LEDGERCAST_TLS_CLIENT_CA_FILE'), /lets any client in/],
  ['tls', 'the edge shows no certificate', 'production', unset('edge', 'LEDGERCAST_SERVICE_CERT_FILE'), /shows no certificate/],
  ['tls', 'the edge\'s certificate is of another CA', 'production', (find) => { find('Certificate', 'edge').spec.issuerRef.name = 'ledgercast-root'; }, /of another CA/],

  ['jobs', 'a Job stays', 'base', (find) => { delete find('Job', 'accounts').spec.ttlSecondsAfterFinished; }, /stays when it is done/],
  ['jobs', 'a Job gives up', 'base', (find) => { find('Job', 'accounts').spec.backoffLimit = 2; }, /gives up/],
  ['jobs', 'a Job leaves pods behind', 'base', (find) => { podOf(find('Job', 'accounts')).restartPolicy = 'Never'; }, /leaves a pod behind/],
  ['jobs', 'a Job refers to a ConfigMap', 'base', (find) => { containerOf(find('Job', 'accounts')).envFrom = [{ configMapRef: { name: find('ConfigMap', 'edge').metadata.name } }]; }, /a Job cannot be changed/],

  ['rollouts', 'a roll-out takes one away first', 'base', (find) => { find('Deployment', 'edge').spec.strategy.rollingUpdate.maxUnavailable = 1; }, /maxUnavailable to 0/],
  ['rollouts', 'a roll-out takes all away', 'base', (find) => { find('Deployment', 'edge').spec.strategy = { type: 'Recreate' }; }, /maxSurge to 1/],
  ['rollouts', 'a roll-out does not wait', 'base', (find) => { delete find('Deployment', 'edge').spec.minReadySeconds; }, /minReadySeconds/],
  ['rollouts', 'zones do not matter', 'base', ofEdge((_, pod) => { pod.topologySpreadConstraints.shift(); }), /topology.kubernetes.io\/zone: add/],
  ['rollouts', 'old pods are counted', 'base', ofEdge((_, pod) => { delete pod.topologySpreadConstraints[1].matchLabelKeys; }), /pod-template-hash/],
  ['rollouts', 'others\' pods are counted', 'base', ofEdge((_, pod) => { pod.topologySpreadConstraints[0].labelSelector = {}; }), /among other pods/],
];
