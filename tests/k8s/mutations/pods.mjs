// Manifests that break the rules about pods: [rule, changed object, rendering, change, message].

const podOf = (object) => object.spec.template.spec;
const containerOf = (object) => podOf(object).containers[0];

// The first argument of `change` is the container of the Deployment, the second its pod.
const ofEdge = (change) => (find) => change(containerOf(find('Deployment', 'edge')), podOf(find('Deployment', 'edge')));
const ofService = (change) => (find) => change(containerOf(find('Deployment', 'transaction-service')), podOf(find('Deployment', 'transaction-service')));
const setting = (map, name, value) => (find) => { find('ConfigMap', map).data[name] = value; };
const unset = (map, name) => (find) => { delete find('ConfigMap', map).data[name]; };

export default [
  ['probes', 'a probe is missing', 'base', ofEdge((container) => { delete container.livenessProbe; }), /^Deployment\/edge: probes: container edge has no livenessProbe/],
  ['probes', 'two probes ask the same', 'base', ofService((container) => { container.livenessProbe.grpc.service = 'readiness'; }), /Deployment\/transaction-service: .* asked the same/],
  ['probes', 'a gRPC probe asks a port that is not there', 'base', ofService((container) => { container.startupProbe.grpc.port = 50053; }), /startupProbe .* asks port 50053/],
  ['probes', 'an HTTP probe asks a port by a wrong name', 'base', ofEdge((container) => { container.readinessProbe.httpGet.port = 'metrics'; }), /readinessProbe .* asks port metrics/],
  ['probes', 'a gRPC probe asks nobody in particular', 'base', ofService((container) => { delete container.readinessProbe.grpc.service; }), /names no gRPC health service/],
  ['probes', 'a probe waits a fixed time', 'base', ofEdge((container) => { container.livenessProbe.initialDelaySeconds = 30; }), /waits a fixed time/],

  ['restricted', 'the pod may run as root', 'base', ofEdge((_, pod) => { delete pod.securityContext.runAsNonRoot; }), /may run as root/],
  ['restricted', 'the pod names no user', 'base', ofEdge((_, pod) => { pod.securityContext.runAsUser = 0; }), /names no user/],
  ['restricted', 'a Job has no seccomp profile', 'base', (find) => { delete podOf(find('Job', 'accounts')).securityContext.seccompProfile; }, /Job\/accounts: .* no seccomp profile/],
  ['restricted', 'the pod is in the node\'s network', 'base', ofEdge((_, pod) => { pod.hostNetwork = true; }), /hostNetwork is on/],
  ['restricted', 'a volume is a folder of the node', 'base', ofEdge((_, pod) => { pod.volumes.push({ name: 'logs', hostPath: { path: '/var/log' } }); }), /volume logs is a hostPath/],
  ['restricted', 'the container may gain rights', 'base', (find) => { delete containerOf(find('StatefulSet', 'postgres')).securityContext.allowPrivilegeEscalation; }, /StatefulSet\/postgres: .* may gain rights/],
  ['restricted', 'capabilities are dropped in small letters', 'base', ofEdge((container) => { container.securityContext.capabilities.drop = ['all']; }), /drop ALL/],
  ['restricted', 'a capability is added', 'base', ofEdge((container) => { container.securityContext.capabilities.add = ['NET_ADMIN']; }), /adds capabilities/],
  ['restricted', 'the image can be written to', 'base', (find) => { containerOf(find('Job', 'secrets')).securityContext.readOnlyRootFilesystem = false; }, /can write to its image/],
  ['restricted', 'the container is privileged', 'base', ofEdge((container) => { container.securityContext.privileged = true; }), /is privileged/],
  ['restricted', 'the container is root after all', 'base', ofEdge((container) => { container.securityContext.runAsUser = 0; }), /not root's/],
  ['restricted', 'the container has another seccomp profile', 'base', ofEdge((container) => { container.securityContext.seccompProfile = { type: 'Unconfined' }; }), /another seccomp profile/],
  ['restricted', 'the container takes a port of the node', 'base', ofEdge((container) => { container.ports[0].hostPort = 8080; }), /takes a port of the node/],

  ['tokens', 'a ServiceAccount gives tokens', 'base', (find) => { delete find('ServiceAccount', 'edge').automountServiceAccountToken; }, /ServiceAccount\/edge: .* gives its pods a token/],
  ['tokens', 'a pod has a token', 'base', ofEdge((_, pod) => { pod.automountServiceAccountToken = true; }), /must be false/],
  ['tokens', 'Job secrets has none', 'base', (find) => { podOf(find('Job', 'secrets')).automountServiceAccountToken = false; }, /Job\/secrets: .* must be true/],
  ['tokens', 'Services are in the environment', 'base', ofEdge((_, pod) => { delete pod.enableServiceLinks; }), /enableServiceLinks/],
  ['tokens', 'a Role has a wildcard', 'base', (find) => { find('Role', 'secrets').rules[0].verbs = ['*']; }, /has a wildcard/],
  ['tokens', 'a Role reads every Secret', 'base', (find) => { delete find('Role', 'secrets').rules[1].resourceNames; }, /may get every Secret/],
  ['tokens', 'a Role deletes', 'base', (find) => { find('Role', 'secrets').rules[1].verbs.push('delete'); }, /may get,delete/],
  ['tokens', 'a Role is about pods', 'base', (find) => { find('Role', 'secrets').rules[0].resources = ['pods']; }, /may do something to pods/],
  ['tokens', 'rights reach beyond the namespace', 'base', (find) => { find('Role', 'secrets').kind = 'ClusterRole'; }, /ClusterRole\/secrets: .* beyond the namespace/],

  ['resources', 'a request is missing', 'base', ofEdge((container) => { delete container.resources.requests['ephemeral-storage']; }), /no ephemeral-storage in resources.requests/],
  ['resources', 'a limit is missing', 'base', ofEdge((container) => { delete container.resources.limits; }), /no memory in resources.limits/],
  ['resources', 'a resource is misspelt', 'base', ofEdge((container) => { container.resources.requests.memroy = '1Gi'; }), /memroy, which is no resource/],
  ['resources', 'CPU is limited', 'base', ofEdge((container) => { container.resources.limits.cpu = '1'; }), /has a CPU limit/],
  ['resources', 'more is asked for than allowed', 'base', ofEdge((container) => { container.resources.requests.memory = '2Gi'; }), /more memory than its limit/],

  ['drain', 'the pod is killed while it drains', 'base', ofEdge((_, pod) => { pod.terminationGracePeriodSeconds = 28; }), /drains for 28 s but is killed after 28 s/],
  ['drain', 'the drain has become longer', 'base', setting('transaction-service', 'LEDGERCAST_DRAIN_TIMEOUT_MS', '30000'), /drains for 38 s but is killed after 30 s/],
  ['drain', 'serving ends while it is still found', 'base', setting('edge', 'LEDGERCAST_DRAIN_DELAY_MS', '250'), /stops serving 0.25 s/],
  ['drain', 'the drain is left to the defaults', 'base', unset('edge', 'LEDGERCAST_DRAIN_DELAY_MS'), /leaves its drain to the defaults/],

  ['memory', 'the ring has outgrown the limit', 'base', setting('transaction-service', 'LEDGERCAST_RING_MEGABYTES', '1024'), /may need 1664 MiB but is killed at 1Gi/],
  ['memory', 'the sockets have outgrown the limit', 'base', setting('edge', 'LEDGERCAST_MAX_SOCKETS', '100000'), /may need \d+ MiB/],
  ['memory', 'the limit is below what is kept', 'base', ofEdge((container) => { container.resources.limits.memory = '512Mi'; }), /killed at 512Mi/],
  ['memory', 'memory is left to the defaults', 'base', unset('edge', 'LEDGERCAST_MAX_SOCKETS'), /leaves its memory to the defaults/],
  ['memory', 'the edge takes all cores', 'base', unset('edge', 'LEDGERCAST_THREADS'), /takes all cores/],

  ['images', 'an image has no tag', 'base', ofEdge((container) => { container.image = 'registry.example.com:5000/ledgercast/edge'; }), /has no tag/],
  ['images', 'an image is the latest', 'base', ofEdge((container) => { container.image = 'ledgercast/edge:latest'; }), /another one each day/],
  ['images', 'an image cannot be read', 'base', ofEdge((container) => { container.image = 'ledgercast/edge@sha256:12'; }), /cannot be read/],
  ['images', 'the Cluster\'s image has no tag', 'production', (find) => { find('Cluster', 'postgres').spec.imageName = 'ghcr.io/cloudnative-pg/postgresql'; }, /Cluster\/postgres: .* no tag/],
  ['images', 'an image is always pulled', 'base', ofEdge((container) => { container.imagePullPolicy = 'Always'; }), /is pulled anew/],
  ['images', 'the program is left to the image', 'base', ofEdge((container) => { delete container.command; }), /leaves its command to the image/],

  ['files', 'a file is where no Secret is', 'base', setting('edge', 'LEDGERCAST_RELAY_KEY_FILE', '/keys/relay.pem'), /mount it at \/keys/],
  ['files', 'a file has another name than in its Secret', 'base', setting('edge', 'LEDGERCAST_RELAY_KEY_FILE', '/etc/ledgercast/edge/signing.pem'), /ledgercast-edge does not have/],
  ['files', 'the command names a file that is not mounted', 'base', (find) => { podOf(find('Job', 'accounts')).volumes[1].secret.items[0].path = 'password'; }, /--password-file is .* does not have: it has password/],
  ['files', 'the CA of the database is not mounted', 'production', ofService((container) => { container.volumeMounts = container.volumeMounts.filter(({ name }) => name !== 'database-ca'); }), /sslrootcert is /],
  ['files', 'everybody may read a Secret', 'base', ofEdge((_, pod) => { delete pod.volumes[0].secret.defaultMode; }), /have mode 644/],
  ['files', 'one file alone is mounted', 'production', ofEdge((container) => { container.volumeMounts[0].subPath = 'tls.crt'; }), /is a subPath/],
  ['files', 'the Secret\'s group is another', 'base', ofEdge((_, pod) => { delete pod.securityContext.fsGroup; }), /fsGroup is not the group/],
];
