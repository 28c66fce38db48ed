// Reads documents: their blocks of code, and what they say in code.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './processes.mjs';

/** Returns the fenced blocks of a document in order: the language, the first line's number, and the text. */
export function blocksOf(path) {
  const blocks = [];
  let open;
  for (const [index, line] of readFileSync(join(repository, path), 'utf8').split('\n').entries()) {
    const [, language] = /^ *```(.*)$/.exec(line) ?? [];
    if (language === undefined) open?.lines.push(line);
    else if (open === undefined) open = { language, number: index + 2, lines: [] };
    else {
      blocks.push({ ...open, text: open.lines.join('\n') });
      open = undefined;
    }
  }
  return blocks;
}

/** Returns the commands of a block of shell lines, each as it stands there. A backslash at the end of a line goes on. */
export function commandsIn(text) {
  const commands = [];
  let goesOn = false;
  for (const line of text.split('\n')) {
    if (goesOn) commands.push(`${commands.pop()}\n${line}`);
    else if (!/^\s*(#.*)?$/.test(line)) commands.push(line);
    goesOn = line.endsWith('\\');
  }
  return commands;
}

/** Returns the texts between backticks outside of fenced blocks, with the numbers of their lines. */
export function codeSpansOf(path) {
  const spans = [];
  let isFenced = false;
  for (const [index, line] of readFileSync(join(repository, path), 'utf8').split('\n').entries()) {
    if (/^ *```/.test(line)) isFenced = !isFenced;
    else if (!isFenced) for (const [, text] of line.matchAll(/`([^`]+)`/g)) spans.push({ text, number: index + 1 });
  }
  return spans;
}
