// The rule for messages: a limit in the text is made from the constant that sets it, or the two differ some day.

import { isCpp, isTest } from './files.mjs';

const UNITS = ['bytes', 'characters', 'digits', 'entries', 'accounts', 'times', 'requests', 'transactions', 'levels', '[KMG]i?B', 'ms', 's', 'milliseconds', 'seconds', 'minutes', 'hours', 'days'];
const BOUNDS = ['at most', 'at least', 'more than', 'less than', 'longer than', 'shorter than', 'up to', 'between'];
const NUMBER = new RegExp(`\\b(${BOUNDS.join('|')}) \\d|\\b\\d[\\d.,]* (${UNITS.join('|')})\\b|\\b\\d+ to \\d`);

// What stands between quotes; comments and characters are passed over.
const TOKENS = /"((?:[^"\\]|\\.)*)"|\/\/.*$|'(?:[^'\\]|\\.)'/g;

function* offencesOf({ path, lines }) {
  for (const [index, line] of lines.entries()) {
    for (const [, text] of line.matchAll(TOKENS)) {
      if (text !== undefined && NUMBER.test(text)) yield `${path}:${index + 1}: "${text}" has a number: give it a name, and make the text from that`;
    }
  }
}

export function numberOffences(files) {
  return files.filter(({ path }) => isCpp(path) && !isTest(path)).flatMap((file) => [...offencesOf(file)]);
}
