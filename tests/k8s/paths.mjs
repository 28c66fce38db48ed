// Computes who can reach whom through the NetworkPolicies, as Kubernetes does. A pod that is selected by a policy may
// do only what some policy allows.

import { matches } from './inventory.mjs';

/** Describe a party that is not one of our pods: { address } outside the cluster, { namespace, labels } inside it. */
export const outside = (address) => ({ address });
export const elsewhere = (namespace, labels = {}) => ({ namespace, labels });

const toNumber = (address) => address.split('.').reduce((number, part) => number * 256 + Number(part), 0);

function isInside(address, cidr) {
  const [network, bits] = cidr.split('/');
  if (network.includes(':') || address.includes(':')) return false;
  const size = 2 ** (32 - Number(bits));
  return Math.floor(toNumber(address) / size) === Math.floor(toNumber(network) / size);
}

function isPeer({ ipBlock, podSelector, namespaceSelector }, somebody) {
  if (ipBlock !== undefined) {
    return somebody.address !== undefined && isInside(somebody.address, ipBlock.cidr) && !(ipBlock.except ?? []).some((cidr) => isInside(somebody.address, cidr));
  }
  if (somebody.address !== undefined) return false;
  const namespaceFits = namespaceSelector === undefined
    ? somebody.namespace === undefined
    : matches(namespaceSelector, { 'kubernetes.io/metadata.name': somebody.namespace ?? 'ledgercast' });
  return namespaceFits && (podSelector === undefined || matches(podSelector, somebody.labels));
}

function isPort({ port, protocol = 'TCP' }, wanted, target) {
  const number = typeof port === 'string' ? target?.ports?.find(({ name }) => name === port)?.containerPort : port;
  return number === wanted.port && protocol === wanted.protocol;
}

function allows(inventory, type, workload, peer, wanted, target) {
  const mine = inventory.all('NetworkPolicy').filter(({ spec }) => spec.policyTypes.includes(type) && matches(spec.podSelector, workload.labels));
  if (mine.length === 0) return true;
  const list = type === 'Egress' ? 'to' : 'from';
  return mine.some(({ spec }) => (spec[type.toLowerCase()] ?? []).some((rule) =>
    (!rule[list]?.length || rule[list].some((one) => isPeer(one, peer))) &&
    (!rule.ports?.length || rule.ports.some((port) => isPort(port, wanted, target)))));
}

const isPod = ({ pod }) => pod !== undefined;

/** Returns whether `from` may connect to `port` of `to`. Each is a workload or another party. */
export function reaches(inventory, from, to, port, protocol = 'TCP') {
  const wanted = { port, protocol };
  return (!isPod(from) || allows(inventory, 'Egress', from, to, wanted, to)) &&
    (!isPod(to) || allows(inventory, 'Ingress', to, from, wanted, to));
}
