// Settings and arguments are flags that the programs have. A misspelt setting would be ignored, and the default used.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { binaries } from '../../e2e/processes.mjs';

const PROGRAMS = new Set(['ledgercast', 'ledgercast-edge', 'ledgercast-transaction-service']);

const known = new Map();

/** Returns the flags and environment variables that `PROGRAM WORD... --help` names. */
function helpOf(program, words) {
  const key = [program, ...words].join(' ');
  if (!known.has(key)) {
    const text = execFileSync(join(binaries, program), [...words, '--help'], { encoding: 'utf8' });
    const flags = new Set([...text.matchAll(/^ +(?:-\w,)?(--[a-z-]+)/gm)].map((match) => match[1]));
    const variables = new Set([...text.matchAll(/\(Env:([A-Z_]+)\)/g)].map((match) => match[1]));
    known.set(key, { flags, variables });
  }
  return known.get(key);
}

export function* check(inventory) {
  for (const { workload: { object }, container, settings } of inventory.containers()) {
    const [path, ...words] = container.command ?? [];
    if (!container.image.startsWith('ledgercast/') || path === undefined) continue;
    const program = path.replace(/^\/usr\/bin\//, '');
    if (!PROGRAMS.has(program)) {
      yield [object, `${program} is no program of ours in /usr/bin: correct the command`];
      continue;
    }
    const first = words.findIndex((word) => word.startsWith('--'));
    const subcommand = first < 0 ? words : words.slice(0, first);
    // A mode of the service also accepts the service's own flags.
    const helps = [helpOf(program, subcommand), helpOf(program, [])];
    const [flags, variables] = ['flags', 'variables'].map((kind) => new Set(helps.flatMap((help) => [...help[kind]])));
    const called = [program, ...subcommand.slice(0, 2)].join(' ');
    for (const name of Object.keys(settings)) {
      if (name.startsWith('LEDGERCAST_') && !variables.has(name)) yield [object, `${name} is no flag of ${called}: see its --help`];
    }
    for (const word of words.filter((each) => each.startsWith('--'))) {
      const [flag] = word.split('=');
      if (!flags.has(flag)) yield [object, `${flag} is no flag of ${called}: see its --help`];
    }
  }
}
