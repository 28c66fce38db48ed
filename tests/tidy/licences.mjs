// The rules for licences: REUSE.toml states one for every file, and its text is in LICENSES. `reuse lint` checks the same
// and more, but is not packaged for Debian 12 in a version that reads REUSE.toml.

const OWN = 'Apache-2.0';
const STATES_ONE = /Copyright (\(c\)|©)? ?(19|20)\d\d|SPDX-License-Identifier:/i;
// These hold the texts of licences, or the words of this rule.
const NOT_A_STATEMENT = /^(LICENSE$|LICENSES\/|REUSE\.toml$|tests\/tidy\/)/;

/** Returns the tables of REUSE.toml as far as they are used here: `{ path, copyright, licence }`. */
export function parseReuse(text) {
  return text.split('[[annotations]]').slice(1).map((table) => {
    const value = (key) => new RegExp(`^${key} = (.*)$`, 'm').exec(table)?.[1];
    return { path: JSON.parse(value('path')), copyright: value('SPDX-FileCopyrightText'), licence: JSON.parse(value('SPDX-License-Identifier') ?? 'null') };
  });
}

const matches = (pattern, path) => (pattern.endsWith('**') ? path.startsWith(pattern.slice(0, -2)) : path === pattern);

/** Returns what is wrong with the licences of `files`, which are texts by path. */
export function findLicenceFaults(files) {
  const faults = [];
  const tables = parseReuse(files.get('REUSE.toml'));
  if (tables[0].path !== '**' || tables[0].licence !== OWN) faults.push(`REUSE.toml does not begin with ${OWN} for all files`);
  for (const { path, copyright, licence } of tables) {
    if (!copyright || !licence) faults.push(`REUSE.toml says too little about ${path}`);
    if (![...files.keys()].some((file) => matches(path, file))) faults.push(`REUSE.toml names ${path}, which is not there`);
    if (!files.has(`LICENSES/${licence}.txt`)) faults.push(`LICENSES/${licence}.txt is missing`);
  }
  for (const path of [...files.keys()].filter((each) => each.startsWith('LICENSES/'))) {
    if (!tables.some(({ licence }) => path === `LICENSES/${licence}.txt`)) faults.push(`${path} is the licence of nothing`);
  }
  if (files.get('LICENSE') !== files.get(`LICENSES/${OWN}.txt`)) faults.push(`LICENSE and LICENSES/${OWN}.txt differ`);
  for (const [path, text] of files) {
    if (path.endsWith('package.json') && JSON.parse(text).license !== OWN) faults.push(`${path} does not say ${OWN}`);
    if (NOT_A_STATEMENT.test(path) || !STATES_ONE.test(text)) continue;
    if (!tables.slice(1).some((table) => matches(table.path, path))) faults.push(`${path} states a copyright of its own: name it in REUSE.toml, with its licence`);
  }
  return faults;
}
