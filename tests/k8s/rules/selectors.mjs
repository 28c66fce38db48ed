// A controller's selector matches the pods that it makes, and no pods of others.

import { nameOf } from '../inventory.mjs';

export function* check(inventory) {
  for (const { object, labels, runsOn } of inventory.ours) {
    if (!labels['app.kubernetes.io/name'] || labels['app.kubernetes.io/part-of'] !== 'ledgercast') yield [object, 'its pods lack app.kubernetes.io/name or app.kubernetes.io/part-of, by which policies find them: add both'];
    if (!runsOn || object.kind === 'Pod') continue;
    const selected = inventory.select(object.spec.selector).map((workload) => nameOf(workload.object));
    if (selected.join() !== nameOf(object)) yield [object, `its selector matches ${selected.join(', ') || 'no pod'}: it must match its own template and nothing else`];
  }
}
