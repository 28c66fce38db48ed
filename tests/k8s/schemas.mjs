// Checks objects strictly against the schemas of their kinds: values by the schemas' validators, and no field that a
// kind does not have.

import { kindsOf, describe, typeModule } from './kinds.mjs';
import { nameOf } from './inventory.mjs';
import { unknownFieldsOf } from './types.mjs';

/** Returns a function that lists what is wrong with objects of the kinds in `samples`, one line each. */
export async function schemaCheckOf(samples) {
  const kinds = kindsOf(samples);
  const models = new Map();
  for (const kind of kinds) models.set(describe(kind), (await import(typeModule(kind)))[kind.kind]);
  const unknownFields = unknownFieldsOf(kinds);

  const wrongValues = (object) => {
    try {
      new (models.get(describe(object)))(structuredClone(object)).validate();
      return [];
    } catch (error) {
      if (!Array.isArray(error.errors)) throw error;
      return error.errors.map(({ instancePath, message }) => `${instancePath.slice(1).replaceAll('/', '.')} ${message}`);
    }
  };

  const problemsOf = (object) => [
    ...wrongValues(object),
    ...unknownFields(object).map((path) => `${path} is no field of ${describe(object)}: see its API reference for the right name`),
  ].map((problem) => `${nameOf(object)}: ${problem}`);

  return (objects) => objects.flatMap(problemsOf);
}
