// Only the Job that makes the Secrets has a token for the API server, and its rights are no more than it needs.

const MAY_HAVE_TOKEN = 'secrets';

export function* check(inventory) {
  for (const account of inventory.all('ServiceAccount')) {
    if (account.automountServiceAccountToken !== false) yield [account, 'gives its pods a token: set automountServiceAccountToken to false'];
  }
  for (const { object, pod } of inventory.ours) {
    const wanted = object.kind === 'Job' && object.metadata.name === MAY_HAVE_TOKEN;
    if (pod.automountServiceAccountToken !== wanted) {
      yield [object, `automountServiceAccountToken must be ${wanted}: only Job ${MAY_HAVE_TOKEN} talks to the API server`];
    }
    if (pod.enableServiceLinks !== false) yield [object, 'every Service of the namespace is in its environment: set enableServiceLinks to false'];
  }
  for (const role of [...inventory.all('Role'), ...inventory.all('ClusterRole')]) yield* ofRole(role);
  for (const kind of ['ClusterRole', 'ClusterRoleBinding']) {
    for (const object of inventory.all(kind)) yield [object, 'reaches beyond the namespace: use a Role and a RoleBinding'];
  }
}

function* ofRole(role) {
  for (const { resources, verbs, resourceNames = [] } of role.rules) {
    if ([...resources, ...verbs].includes('*')) yield [role, 'has a wildcard: name resources and verbs'];
    if (resources.some((resource) => resource !== 'secrets')) yield [role, `may do something to ${resources}: Secrets are all that is needed`];
    const unnamed = verbs.filter((verb) => verb !== 'create');
    if (unnamed.length > 0 && resourceNames.length === 0) yield [role, `may ${unnamed} every Secret: name those that are meant in resourceNames`];
    if (verbs.some((verb) => !['create', 'get'].includes(verb))) yield [role, `may ${verbs}: create and get are all that is needed`];
  }
}
