// Reads `--help` of the programs in LEDGERCAST_BIN or build/release/bin.

import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const bin = process.env.LEDGERCAST_BIN ?? fileURLToPath(new URL('../build/release/bin', import.meta.url));

export const PROGRAMS = ['ledgercast-transaction-service', 'ledgercast-edge', 'ledgercast'];

// This part depends on the packages that a build found.
const OF_THIS_BUILD = /; not in this build, .*$/;

const helpTexts = new Map();

/** Returns the help of a program or of one of its commands, given as a list of words. */
export function helpOf(command) {
  const key = command.join(' ');
  if (!helpTexts.has(key)) {
    const [program, ...args] = command;
    helpTexts.set(key, execFileSync(join(bin, program), [...args, '--help'], { encoding: 'utf8' }));
  }
  return helpTexts.get(key);
}

// CLI11 2.4 puts two spaces behind a default even where more of the left column follows. Two spaces end that column.
const normalize = (line) => line.replace(/\] {2,}(?=\(Env:|REQUIRED|Excludes:|\.\.\.)/, '] ');

/** Splits a line that is not indented further than an entry into its two columns. */
function columnsOf(line) {
  const [, left, gap, right] = /^ {2}(\S.*?)(?:( {2,})(.*))?$/.exec(line) ?? [];
  if (left === undefined) return undefined;
  // A left column that is nearly as wide as its place leaves one space to the text.
  const [, narrow, rest] = (gap === undefined && /^(.*\(Env:\w+\)) +(.+)$/.exec(left)) || [undefined, left, right ?? ''];
  return { left: narrow, text: rest.trim() };
}

/** Returns the sections of a help text in order: their headings, and their entries with a left column and a text. */
export function sectionsOf(help) {
  const sections = [];
  for (const line of help.split('\n').map(normalize)) {
    const [, heading] = /^([A-Z][\w ]*): *$/.exec(line) ?? [];
    const [, more] = /^ {10,}(\S.*)$/.exec(line) ?? [];
    const entry = columnsOf(line);
    if (heading !== undefined) sections.push({ heading, entries: [] });
    else if (sections.length === 0) continue;
    else if (more !== undefined) {
      const last = sections.at(-1).entries.at(-1);
      last.text = `${last.text} ${more}`.trim();
    } else if (entry !== undefined) sections.at(-1).entries.push(entry);
  }
  return sections;
}

/** Returns the text with what the type of the flag says besides: the limits, and that it may be repeated. */
function fullText(text, type) {
  const [, least, most] = / in \[(\d+) - (\d+)\]/.exec(type) ?? [];
  const limits = least === undefined ? '' : `; ${least} to ${most}`;
  const isRepeated = /(^| )\.\.\.( |$)/.test(type) && !/several times|up to \d+ times/.test(text);
  return text.replace(OF_THIS_BUILD, '') + limits + (isRepeated ? '; may be given several times' : '');
}

/** Takes an entry apart. Versions of CLI11 write a default as `=VALUE` or as ` [VALUE]`. */
function flagOf({ left, text }) {
  const [names, ...rest] = left.split(' ');
  const type = rest.join(' ').replace(/ ?\(Env:\w+\)/, '').replace(/ ?Excludes: .*/, '').trim();
  const bare = type.replace(/ ?\bREQUIRED\b/, '').replace(/ ?\.\.\./, '').trim();
  const [, value] = /^[A-Z]+(?::[A-Z]+(?: in \[[^\]]*\])?)?(?:=| \[)(.*?)\]?$/.exec(bare) ?? [];
  return {
    names: names.split(',').filter((name) => name.startsWith('--')),
    variable: /\(Env:(\w+)\)/.exec(left)?.[1],
    isRequired: /\bREQUIRED\b/.test(type),
    value,
    text: fullText(text, type),
  };
}

/** Returns the groups of flags of a help text, without `--help` itself. */
export function flagGroupsOf(help) {
  return sectionsOf(help)
    .filter(({ heading }) => !/^(positionals|subcommands)$/i.test(heading))
    .map(({ heading, entries }) => ({
      heading,
      flags: entries.filter(({ left }) => left.startsWith('-')).map(flagOf).filter(({ names }) => !names.includes('--help')),
    }))
    .filter(({ flags }) => flags.length > 0);
}

export const flagsOf = (help) => flagGroupsOf(help).flatMap(({ flags }) => flags);

function entriesUnder(heading, help) {
  return sectionsOf(help).filter((section) => section.heading.toLowerCase() === heading).flatMap(({ entries }) => entries);
}

export const positionalsOf = (help) => entriesUnder('positionals', help);
export const subcommandsOf = (help) => entriesUnder('subcommands', help).map(({ left }) => left);

/** Returns `command` and all commands below it, each as a list of words. */
export function commandsFrom(command) {
  return [command, ...subcommandsOf(helpOf(command)).flatMap((name) => commandsFrom([...command, name]))];
}
