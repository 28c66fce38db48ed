// Finds fields that an object's kind does not have. The schemas' own validators let them pass, so this reads the
// TypeScript declarations of the kinds, which list every field.

import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, typeModule } from './kinds.mjs';

const root = fileURLToPath(new URL('kinds.ts', import.meta.url));

/** Returns the type checker, and the type of each kind by its description. */
function load(kinds) {
  const text = kinds.map((kind, index) => `import type { I${kind.kind} as K${index} } from '${typeModule(kind)}';\nexport type T${index} = K${index};`).join('\n');
  const options = {
    module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, target: ts.ScriptTarget.ES2020,
    strict: true, noEmit: true, skipLibCheck: true, types: [], lib: ['lib.es2020.d.ts'],
  };
  const host = ts.createCompilerHost(options);
  const { fileExists, getSourceFile } = host;
  host.fileExists = (name) => name === root || fileExists.call(host, name);
  host.getSourceFile = (name, ...rest) => (name === root
    ? ts.createSourceFile(root, text, ts.ScriptTarget.ES2020, true)
    : getSourceFile.call(host, name, ...rest));
  const program = ts.createProgram([root], options, host);
  const source = program.getSourceFile(root);
  const problems = program.getSemanticDiagnostics(source);
  if (problems.length > 0) throw new Error(ts.flattenDiagnosticMessageText(problems[0].messageText, '\n'));
  const checker = program.getTypeChecker();
  const aliases = source.statements.filter(ts.isTypeAliasDeclaration);
  const types = new Map(kinds.map((kind, index) => [describe(kind), checker.getTypeAtLocation(aliases[index].name)]));
  return { checker, source, types };
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

class Walk {
  constructor({ checker, source }) {
    this.checker = checker;
    this.source = source;
  }

  /** Yields the paths of the fields of `value` that none of `types` has. `value` must have one of the types. */
  * unknown(types, value, path) {
    const members = types.flatMap((type) => (type.isUnion() ? type.types : [type]));
    // The kind accepts any value here.
    if (members.some((type) => type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown))) return;
    if (Array.isArray(value)) yield* this.inArray(members, value, path);
    if (isObject(value)) yield* this.inObject(members, value, path);
  }

  * inArray(members, value, path) {
    const elements = members.map((type) => this.checker.getIndexTypeOfType(type, ts.IndexKind.Number)).filter(Boolean);
    for (const [index, element] of value.entries()) yield* this.unknown(elements, element, `${path}[${index}]`);
  }

  * inObject(members, value, path) {
    const maps = members.map((type) => this.checker.getIndexTypeOfType(type, ts.IndexKind.String)).filter(Boolean);
    for (const [name, field] of Object.entries(value)) {
      const at = path === '' ? name : `${path}.${name}`;
      const properties = members.map((type) => this.checker.getPropertyOfType(type, name)).filter(Boolean);
      const types = [...properties.map((property) => this.checker.getTypeOfSymbolAtLocation(property, this.source)), ...maps];
      if (types.length === 0) yield at;
      else yield* this.unknown(types, field, at);
    }
  }
}

/** Returns a function that lists an object's unknown fields, for these kinds ({ apiVersion, kind }). */
export function unknownFieldsOf(kinds) {
  const loaded = load(kinds);
  const walk = new Walk(loaded);
  return (object) => [...walk.unknown([loaded.types.get(describe(object))], object, '')];
}
