// All objects are in one namespace. It comes first, and admits only pods that keep the restricted profile.

import { nameOf } from '../inventory.mjs';

export function* check(inventory) {
  const namespaces = inventory.all('Namespace');
  if (namespaces.length !== 1) {
    yield [namespaces[1] ?? inventory.objects[0], `there are ${namespaces.length} Namespaces: it must be one`];
    return;
  }
  const [namespace] = namespaces;
  if (inventory.objects[0] !== namespace) yield [namespace, `comes after ${nameOf(inventory.objects[0])}, which cannot be applied before it: leave sortOptions out of the kustomization`];
  for (const mode of ['enforce', 'audit', 'warn']) {
    const label = `pod-security.kubernetes.io/${mode}`;
    if (namespace.metadata.labels?.[label] !== 'restricted') yield [namespace, `label ${label} is not restricted: set it`];
    if (!namespace.metadata.labels?.[`${label}-version`]) yield [namespace, `label ${label}-version is missing: set it to latest`];
  }
  for (const object of inventory.objects.filter((each) => each !== namespace)) {
    if (object.metadata.namespace !== namespace.metadata.name) yield [object, `is in namespace ${object.metadata.namespace}: put it in ${namespace.metadata.name}`];
    if (object.metadata.labels?.['app.kubernetes.io/part-of'] !== 'ledgercast') yield [object, 'lacks label app.kubernetes.io/part-of: ledgercast: add it'];
  }
}
