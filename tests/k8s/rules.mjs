// Runs the rules. Each file of rules/ is a rule and gives it its name. A rule yields each object that breaks it, with
// what is wrong and what to do.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Inventory, nameOf } from './inventory.mjs';

const folder = fileURLToPath(new URL('rules', import.meta.url));

export const ruleNames = readdirSync(folder).filter((file) => file.endsWith('.mjs')).map((file) => file.slice(0, -'.mjs'.length)).sort();

const rules = await Promise.all(ruleNames.map(async (name) => ({ name, check: (await import(`./rules/${name}.mjs`)).check })));

/** Returns the rules that the objects break, as { rule, text }. */
export function offences(objects) {
  const inventory = new Inventory(objects);
  return rules.flatMap(({ name, check }) => [...check(inventory)].map(([object, message]) => ({ rule: name, text: `${nameOf(object)}: ${name}: ${message}` })));
}
