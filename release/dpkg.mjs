// What dpkg knows about installed packages.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const FIELDS = ['Package', 'Version', 'Architecture', 'source:Package', 'source:Version', 'Homepage'];

const run = (command, ...args) => execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** Returns the value of a field of a package file. */
export const fieldOf = (file, field) => run('dpkg-deb', '--field', file, field).trim();

/** Returns the record of an installed package, or undefined. */
export function recordOf(name) {
  let text;
  try {
    text = run('dpkg-query', '--show', `--showformat=\${db:Status-Status}\\t${FIELDS.map((field) => `\${${field}}`).join('\\t')}\\n`, name);
  } catch {
    return undefined;
  }
  const [status, , ...rest] = text.trimEnd().split('\n')[0].split('\t');
  if (status !== 'installed') return undefined;
  const [version, architecture, source, sourceVersion, homepage] = rest;
  return { name, version, architecture, source, sourceVersion, homepage };
}

/**
 * Returns the names of the licences in a package's copyright file, as Debian spells them. Returns none if the file is
 * not in the form that machines can read.
 */
export function licencesOf(name) {
  let text;
  try {
    text = readFileSync(`/usr/share/doc/${name}/copyright`, 'utf8');
  } catch {
    return [];
  }
  if (!/^Format: /m.test(text)) return [];
  return [...new Set([...text.matchAll(/^License: *(\S.*)$/gm)].map(([, licence]) => licence.trim()))].sort();
}

/** Returns the names in a field such as Depends. Of alternatives, it names the first that is installed. */
export function namesIn(depends) {
  const names = depends.split(',').filter((entry) => entry.trim() !== '').map((entry) => {
    const alternatives = entry.split('|').map((each) => /^\s*([a-z0-9][a-z0-9+.-]+)/.exec(each)[1]);
    return alternatives.find((each) => recordOf(each)) ?? alternatives[0];
  });
  return [...new Set(names)];
}
