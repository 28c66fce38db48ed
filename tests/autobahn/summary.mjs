// Prints the suite's report (its index.json) as a table by section, and each case that is not as
// it should be; fails if one failed, or if there is none.

import { readFileSync } from 'node:fs';

const SECTIONS = {
  1: 'framing', 2: 'pings and pongs', 3: 'reserved bits', 4: 'opcodes', 5: 'fragmentation', 6: 'UTF-8',
  7: 'closing', 9: 'large messages, many messages', 10: 'automatic fragmentation',
  12: 'compression of different payloads', 13: 'compression with different parameters',
};
// How a case ended, and how the connection then did.
const PASSED = ['OK'];
const ALLOWED = ['NON-STRICT', 'INFORMATIONAL', 'UNIMPLEMENTED'];

const [, , path] = process.argv;
const cases = Object.entries(Object.values(JSON.parse(readFileSync(path, 'utf8')))[0] ?? {});

function outcome({ behavior, behaviorClose }) {
  const both = [behavior, behaviorClose];
  if (both.every((one) => PASSED.includes(one))) return 'passed';
  if (!both.every((one) => PASSED.includes(one) || ALLOWED.includes(one))) return 'failed';
  return both.find((one) => ALLOWED.includes(one)).toLowerCase();
}

const OUTCOMES = ['passed', 'non-strict', 'informational', 'unimplemented', 'failed'];
const counts = new Map();
for (const [id, result] of cases) {
  const section = Number(id.split('.')[0]);
  if (!counts.has(section)) counts.set(section, Object.fromEntries(OUTCOMES.map((name) => [name, 0])));
  counts.get(section)[outcome(result)] += 1;
  if (outcome(result) !== 'passed') {
    console.log(`${id}: ${outcome(result)} (${result.behavior}, closing ${result.behaviorClose})`);
  }
}

console.log(`\n| section | ${OUTCOMES.join(' | ')} |\n| --- |${' --- |'.repeat(OUTCOMES.length)}`);
for (const [section, count] of [...counts].sort(([a], [b]) => a - b)) {
  const row = OUTCOMES.map((name) => count[name]);
  console.log(`| ${section} ${SECTIONS[section] ?? ''} | ${row.join(' | ')} |`);
}
const failed = cases.filter(([, result]) => outcome(result) === 'failed').length;
if (cases.length === 0) console.error('the suite ran no case');
process.exitCode = cases.length > 0 && failed === 0 ? 0 : 1;
