// The rule for comments: the first words say what is meant. "Of the newest token" leaves the reader to find the noun.

const COMMENTED = /\.(cc|h|proto|mjs|tsx?|sql)$/;
// The text of a migration is part of its checksum: what has been released never changes again.
const RELEASED = 'services/transaction/postgres/migrations/';

const COMMENT = /^(.*?)(\/\/+|\/\*+|\*|--)\s*(Of|Those|The same)\s/;
const OPENS_BLOCK = /^\s*\/\*+\s*$/;
const GOES_ON = { '//': /^\s*\/\//, '--': /^\s*--/ };

// Returns whether the comment on this line is the first of its block.
function isFirst(before, mark, lineAbove) {
  if (mark === '*') return before.trim() === '' && OPENS_BLOCK.test(lineAbove);
  return before.trim() !== '' || !GOES_ON[mark.slice(0, 2)]?.test(lineAbove);
}

// Returns whether `mark` begins a comment in this file, behind `before`.
function isComment(path, before, mark) {
  if (mark === '--') return path.endsWith('.sql');
  return before === '' || /\s$/.test(before);
}

function* offencesOf({ path, lines }) {
  for (const [index, line] of lines.entries()) {
    const [, before, mark, first] = COMMENT.exec(line) ?? [];
    if (mark === undefined || !isComment(path, before, mark) || !isFirst(before, mark, lines[index - 1] ?? '')) continue;
    yield `${path}:${index + 1}: the comment begins with "${first}": begin with a verb or a full noun`;
  }
}

export function commentOffences(files) {
  return files.filter(({ path }) => COMMENTED.test(path) && !path.startsWith(RELEASED)).flatMap((file) => [...offencesOf(file)]);
}
