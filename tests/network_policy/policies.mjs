// Kubernetes' NetworkPolicies as nftables rules, as a network plugin enforces them: a pod that a policy selects
// is isolated in the policy's directions, and then only what any policy allows gets through; answers always do. Pure: pods
// with addresses in, text out. What is not understood is an error: a rule that is left out would let nothing or all in.

const PROTOCOLS = { TCP: 'tcp', UDP: 'udp', SCTP: 'sctp' };
const DIRECTIONS = {
  Ingress: { rules: 'ingress', peers: 'from', mine: 'daddr', theirs: 'saddr', chain: 'in' },
  Egress: { rules: 'egress', peers: 'to', mine: 'saddr', theirs: 'daddr', chain: 'out' },
};

function refuseUnknown(object, known, where) {
  for (const name of Object.keys(object)) {
    if (!known.includes(name)) throw new Error(`${where}: ${name} is not supported`);
  }
}

/** Whether a label selector matches; an empty one matches everything. */
export function selects(selector, labels, where = 'selector') {
  refuseUnknown(selector, ['matchLabels', 'matchExpressions'], where);
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const holds = ({ key, operator, values, ...rest }) => {
    refuseUnknown(rest, [], where);
    const has = Object.hasOwn(labels, key);
    if (operator === 'Exists') return has;
    if (operator === 'DoesNotExist') return !has;
    if (!values?.length) throw new Error(`${where}: ${operator} without values`);
    if (operator === 'In') return has && values.includes(labels[key]);
    if (operator === 'NotIn') return !has || !values.includes(labels[key]);
    throw new Error(`${where}: operator ${operator} is not supported`);
  };
  return Object.entries(matchLabels).every(([key, value]) => labels[key] === value) && matchExpressions.every(holds);
}

/** `[{ block }]` or `[{ pod }]`: whom a peer means. */
function peersOf(peer, { namespace, cluster, where }) {
  refuseUnknown(peer, ['ipBlock', 'podSelector', 'namespaceSelector'], where);
  const { ipBlock, podSelector, namespaceSelector } = peer;
  if (ipBlock !== undefined) {
    if (podSelector !== undefined || namespaceSelector !== undefined) throw new Error(`${where}: ipBlock beside a selector`);
    refuseUnknown(ipBlock, ['cidr', 'except'], where);
    if (!/^[\d.]+\/\d+$|^[\da-f:]+\/\d+$/i.test(ipBlock.cidr ?? '')) throw new Error(`${where}: ${ipBlock.cidr} is no CIDR`);
    return [{ block: ipBlock }];
  }
  if (podSelector === undefined && namespaceSelector === undefined) throw new Error(`${where}: a peer that names nobody`);
  const isMeant = (pod) =>
    (namespaceSelector === undefined ? pod.namespace === namespace : selects(namespaceSelector, cluster.namespaces[pod.namespace] ?? {}, where)) &&
    (podSelector === undefined || selects(podSelector, pod.labels, where));
  return cluster.pods.filter(isMeant).map((pod) => ({ pod }));
}

/** A port of a rule as it is at `pod`, where it may be a name; undefined where that pod has no such port. */
function portOf({ protocol = 'TCP', port, endPort, ...rest }, pod, where) {
  refuseUnknown(rest, [], where);
  if (!PROTOCOLS[protocol]) throw new Error(`${where}: protocol ${protocol} is not supported`);
  const range = (first, last) => ({ protocol: PROTOCOLS[protocol], first, last });
  if (port === undefined) {
    if (endPort !== undefined) throw new Error(`${where}: endPort without port`);
    return range();
  }
  if (typeof port === 'number') {
    if (endPort !== undefined && endPort < port) throw new Error(`${where}: endPort below port`);
    return range(port, endPort ?? port);
  }
  if (endPort !== undefined) throw new Error(`${where}: endPort beside a name`);
  if (pod === undefined) throw new Error(`${where}: a port by name needs pods that have it`);
  const named = pod.ports.find((one) => one.name === port && (one.protocol ?? 'TCP') === protocol);
  return named && range(named.containerPort, named.containerPort);
}

/** What one rule of a policy lets through to or from `pod`: `{ peer, port }`, each undefined for any. */
function allowances(rule, pod, direction, context) {
  refuseUnknown(rule, [direction.peers, 'ports'], context.where);
  const named = rule[direction.peers] ?? [];
  const peers = named.length === 0 ? [{}] : named.flatMap((peer) => peersOf(peer, context));
  const ports = rule.ports ?? [];
  return peers.flatMap((peer) => {
    if (ports.length === 0) return [{ peer, port: undefined }];
    // A name is one of the pod that is connected to.
    const target = direction.rules === 'ingress' ? pod : peer.pod;
    return ports.map((port) => ({ peer, port: portOf(port, target, context.where) })).filter(({ port }) => port !== undefined);
  });
}

function directionsOf({ policyTypes, egress }) {
  const types = policyTypes ?? (egress === undefined ? ['Ingress'] : ['Ingress', 'Egress']);
  for (const type of types) if (!DIRECTIONS[type]) throw new Error(`policyTypes: ${type} is not supported`);
  return types;
}

/**
 * Returns for each isolated pod and direction what is let through: `[{ pod, type, allowed: [{ peer, port }] }]`.
 * `cluster`: `pods` of `{ name, namespace, labels, address, ports }`, and the labels of `namespaces` by name.
 */
export function isolations(policies, cluster) {
  const found = new Map();
  for (const { metadata, spec } of policies) {
    const where = `NetworkPolicy ${metadata.name}`;
    refuseUnknown(spec, ['podSelector', 'policyTypes', 'ingress', 'egress'], where);
    const context = { namespace: metadata.namespace, cluster, where };
    const pods = cluster.pods.filter(({ namespace, labels }) => namespace === metadata.namespace && selects(spec.podSelector, labels, where));
    for (const type of directionsOf(spec)) {
      for (const pod of pods) {
        const key = `${type} ${pod.name}`;
        if (!found.has(key)) found.set(key, { pod, type, allowed: [] });
        for (const rule of spec[DIRECTIONS[type].rules] ?? []) found.get(key).allowed.push(...allowances(rule, pod, DIRECTIONS[type], context));
      }
    }
  }
  return [...found.values()];
}

const familyOf = (address) => (address.includes(':') ? 'ip6' : 'ip');

function matchOf({ peer, port }, { theirs }) {
  const parts = [];
  const who = peer.pod?.address ?? peer.block?.cidr;
  if (who !== undefined) parts.push(`${familyOf(who)} ${theirs} ${who}`);
  if (peer.block?.except?.length) parts.push(`${familyOf(who)} ${theirs} != { ${peer.block.except.join(', ')} }`);
  if (port?.first === undefined && port !== undefined) parts.push(`meta l4proto ${port.protocol}`);
  if (port?.first !== undefined) parts.push(`${port.protocol} dport ${port.first === port.last ? port.first : `${port.first}-${port.last}`}`);
  return parts.join(' ');
}

/** The table for `nft -f`, which replaces the one before it. */
export function rulesOf(policies, cluster) {
  const all = isolations(policies, cluster);
  const nameOf = ({ pod, type }) => `${DIRECTIONS[type].chain}_${pod.name.replaceAll('-', '_')}`;
  const chains = all.map((one) => {
    const direction = DIRECTIONS[one.type];
    const lines = one.allowed.map((allowed) => `    ${matchOf(allowed, direction)} return`);
    return [`  chain ${nameOf(one)} {`, ...new Set(lines), '    drop', '  }'].join('\n');
  });
  // First whether the one pod lets it out, then whether the other lets it in.
  const jumps = Object.keys(DIRECTIONS).reverse().flatMap((type) =>
    all.filter((one) => one.type === type).map((one) => `    ${familyOf(one.pod.address)} ${DIRECTIONS[type].mine} ${one.pod.address} jump ${nameOf(one)}`));
  return [
    'table inet network_policies',
    'delete table inet network_policies',
    'table inet network_policies {',
    ...chains,
    '  chain forward {',
    '    type filter hook forward priority filter; policy accept;',
    '    ct state established,related accept',
    ...jumps,
    '  }',
    '}\n',
  ].join('\n');
}
