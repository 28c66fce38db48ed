#!/usr/bin/env node
// Fills the tables of docs/configuration.md in anew, from `--help` of the programs in LEDGERCAST_BIN or
// build/release/bin. Each table stands between a comment that names its program and `<!-- end -->`. The text around
// them is written by hand. With --check nothing is written, and the exit status tells whether it would have been.

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { commandsFrom, flagGroupsOf, flagsOf, helpOf, positionalsOf, subcommandsOf } from './help.mjs';

export const PAGE = fileURLToPath(new URL('configuration.md', import.meta.url));

const BLOCK = /<!-- help: ([^\n]*?) -->\n[\s\S]*?<!-- end -->/g;
// Flags that at least so many commands of the tool share are listed once.
const COMMANDS_THAT_SHARE = 5;
const COLUMNS_MAX = 120;

const code = (text) => `\`${text}\``;

function rowOf({ names, variable, isRequired, value, text }, showsVariables) {
  const standard = isRequired ? 'required' : value === undefined ? '' : code(value);
  const other = showsVariables && variable !== undefined ? `; variable ${code(variable)}` : '';
  return ['', names.map(code).join(', '), standard, (text + other).replaceAll('|', '\\|'), ''].join(' | ').replace(/ {2,}/g, ' ').trim();
}

function flagTable(flags, { showsVariables = false } = {}) {
  return ['| flag | default | meaning |', '| --- | --- | --- |', ...flags.map((flag) => rowOf(flag, showsVariables))].join('\n');
}

/** Breaks a paragraph or an item of a list at the width of documents. */
function wrap(text) {
  const lines = [''];
  for (const word of text.split(' ')) {
    if (lines.at(-1) === '') lines[lines.length - 1] = word;
    else if (lines.at(-1).length + 1 + word.length <= COLUMNS_MAX) lines[lines.length - 1] += ` ${word}`;
    else lines.push(text.startsWith('- ') ? `  ${word}` : word);
  }
  return lines.join('\n');
}

function sentence(text) {
  return `${text[0].toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;
}

const positional = ({ left, text }) =>
  wrap(`- ${code(left.split(' ')[0].toUpperCase())}${/ REQUIRED/.test(left) ? '' : ' (optional)'}: ${text}.`);

/** Lists a command's flags, without those that are in `shared` as JSON. */
function commandSection(command, { shared = new Set(), showsVariables = false } = {}) {
  const help = helpOf(command);
  const flags = flagsOf(help);
  const own = flags.filter((flag) => !shared.has(JSON.stringify(flag)));
  const parts = [`### ${code(command.join(' '))}`, wrap(sentence(help.split('\n')[0]))];
  const positionals = positionalsOf(help);
  if (positionals.length > 0) parts.push(positionals.map(positional).join('\n'));
  if (own.length > 0) parts.push(flagTable(own, { showsVariables }));
  if (own.length < flags.length) parts.push('It also takes the flags of [commands that call the service](#calling-the-service).');
  return parts.join('\n\n');
}

/** Lists the flags of a program that runs as a service, a heading for each group. */
function programSections(program) {
  const help = helpOf([program]);
  const groups = flagGroupsOf(help).map(({ heading, flags }) => `### ${heading}\n\n${flagTable(flags)}`);
  return [...groups, ...subcommandsOf(help).map((name) => commandSection([program, name]))].join('\n\n');
}

/** Lists the flags of all commands of the tool. */
function toolSections(program) {
  const commands = commandsFrom([program]).filter((command) => subcommandsOf(helpOf(command)).length === 0);
  const counts = new Map();
  for (const flag of commands.flatMap((command) => flagsOf(helpOf(command)))) {
    const key = JSON.stringify(flag);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const shared = new Set([...counts].filter(([, count]) => count >= COMMANDS_THAT_SHARE).map(([key]) => key));
  const sharedTable = flagTable([...shared].map((key) => JSON.parse(key)), { showsVariables: true });
  const sections = commands.map((command) => commandSection(command, { shared, showsVariables: true }));
  return [`### Calling the service\n\n${sharedTable}`, ...sections].join('\n\n');
}

/** Returns the page with every table as the programs' help says now. */
export function fillIn(text) {
  return text.replace(BLOCK, (_, program) => {
    const sections = program === 'ledgercast' ? toolSections(program) : programSections(program);
    return `<!-- help: ${program} -->\n\n${sections}\n\n<!-- end -->`;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const text = readFileSync(PAGE, 'utf8');
  const filled = fillIn(text);
  if (!process.argv.includes('--check')) writeFileSync(PAGE, filled);
  else if (filled !== text) process.exitCode = 1;
}
