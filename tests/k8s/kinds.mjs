// Finds the schema of a kind in the packages of kubernetes-models, one for each project whose CRDs are used. A
// manifest must not have a kind that is in none of them.

const PACKAGES = [
  { groups: /(^|\.)cert-manager\.io$/, name: '@kubernetes-models/cert-manager' },
  { groups: /^gateway\.networking\.k8s\.io$/, name: '@kubernetes-models/gateway-api' },
  { groups: /^monitoring\.coreos\.com$/, name: '@kubernetes-models/prometheus-operator' },
  { groups: /^postgresql\.cnpg\.io$/, name: '@kubernetes-models/cloudnative-pg' },
  { groups: /^([a-z]+|[a-z.]+\.k8s\.io)$/, name: 'kubernetes-models' },
];

const groupOf = (apiVersion) => (apiVersion.includes('/') ? apiVersion.split('/')[0] : '');

export function typeModule({ apiVersion, kind }) {
  const group = groupOf(apiVersion);
  const found = PACKAGES.find(({ groups }) => group === '' ? groups.test('core') : groups.test(group));
  if (found === undefined) throw new Error(`${apiVersion} ${kind}: no schema is known for it: add its project's package to tests/k8s/kinds.mjs`);
  return `${found.name}/${apiVersion}/${kind}`;
}

export const describe = ({ apiVersion, kind }) => `${apiVersion} ${kind}`;

/** Returns each kind among the objects once. */
export function kindsOf(objects) {
  return [...new Map(objects.map(({ apiVersion, kind }) => [describe({ apiVersion, kind }), { apiVersion, kind }])).values()];
}
