// Only traffic that a policy names is allowed, and what it names exists.

import { matches } from '../inventory.mjs';

const isEmpty = (selector) => selector !== undefined && Object.keys(selector).length === 0;
const API_SERVER_PORTS = new Set([443, 6443]);
const ANYWHERE = new Set(['0.0.0.0/0', '::/0']);

export function* check(inventory) {
  const policies = inventory.all('NetworkPolicy');
  yield* denied(inventory, policies);
  for (const policy of policies.filter(({ spec }) => !isEmpty(spec.podSelector))) {
    const targets = inventory.select(policy.spec.podSelector);
    if (targets.length === 0) yield [policy, 'its podSelector matches no pod: correct it, or remove the policy'];
    for (const { from, ports } of policy.spec.ingress ?? []) {
      yield* peers(policy, from ?? [], inventory);
      yield* portsOf(policy, ports, targets, 'ingress');
    }
    for (const rule of policy.spec.egress ?? []) yield* egress(policy, rule, inventory);
  }
}

/** Checks that a policy without rules denies every pod everything, in both directions. */
function* denied(inventory, policies) {
  for (const type of ['Ingress', 'Egress']) {
    const denies = policies.filter(({ spec }) => spec.policyTypes?.includes(type) && (spec[type.toLowerCase()] ?? []).length === 0);
    for (const { object, labels } of inventory.workloads) {
      if (!denies.some(({ spec }) => matches(spec.podSelector, labels))) yield [object, `no policy denies it all ${type}: keep policy default-deny, with podSelector {} and both policyTypes`];
    }
  }
}

function* peers(policy, list, inventory) {
  for (const { podSelector, namespaceSelector } of list) {
    if (podSelector !== undefined && namespaceSelector === undefined && (isEmpty(podSelector) || inventory.select(podSelector).length === 0)) {
      yield [policy, `a peer's podSelector ${JSON.stringify(podSelector)} matches ${isEmpty(podSelector) ? 'every pod' : 'no pod'}: name who is meant`];
    }
    if (isEmpty(namespaceSelector)) yield [policy, 'a peer is every namespace: name the one that is meant'];
  }
}

function* portsOf(policy, ports, targets, direction) {
  if (!ports?.length) yield [policy, `${direction} is open on every port: name the ports`];
  for (const { port } of ports ?? []) {
    const lacking = targets.filter((target) => !target.ports.some(({ name, containerPort }) => port === containerPort || port === name));
    if (lacking.length > 0) yield [policy, `${direction} names port ${port}, which ${lacking[0].object.metadata.name} does not have: correct it, or add it to the container's ports`];
  }
}

function* egress(policy, { to, ports }, inventory) {
  if (!to?.length) {
    yield [policy, 'egress goes anywhere: name whom it may reach in `to`'];
    return;
  }
  yield* peers(policy, to, inventory);
  const inside = to.filter(({ podSelector, namespaceSelector }) => podSelector && !namespaceSelector);
  yield* portsOf(policy, ports, inside.flatMap(({ podSelector }) => inventory.select(podSelector)), 'egress');
  const anywhere = to.some(({ ipBlock }) => ANYWHERE.has(ipBlock?.cidr));
  if (anywhere && !(ports ?? []).every(({ port }) => API_SERVER_PORTS.has(port))) {
    yield [policy, 'egress reaches any address on ports that are not the API server\'s (443, 6443): name the addresses'];
  }
}
