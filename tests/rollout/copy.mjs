// What a reader keeps of the rows that it received, where thousands of readers are: their count and the
// digest that DigestTransactions would answer, and whether each row follows on the one before it by the
// ledger's own links, whatever the frames around them say.

import { createHash } from 'node:crypto';

export const lineOf = ({ sequence, id, fromAccount, toAccount, amount, currency }) =>
  `${sequence} ${id} ${fromAccount} ${toAccount} ${amount} ${currency}\n`;

/** Takes the place of a Record's list of rows. */
export class Copy {
  #hash = createHash('sha256');
  #last = '0';

  constructor(subject, isAdmin) {
    Object.assign(this, { subject, isAdmin, count: 0, broken: [] });
  }

  push(row) {
    const before = this.#before(row);
    if (before !== this.#last) this.broken.push(`${row.sequence} follows on ${before}, not on ${this.#last}`);
    this.#last = row.sequence;
    this.count += 1;
    this.#hash.update(lineOf(row));
  }

  /** The sequence of the row that this reader must have seen last. */
  #before(row) {
    if (this.isAdmin) return String(Number(row.sequence) - 1);
    if (row.fromAccount === this.subject) return row.fromPrevious ?? '0';
    if (row.toAccount === this.subject) return row.toPrevious ?? '0';
    return 'a row of others';
  }

  /** Ends it. */
  summary() {
    return { count: this.count, sha256: this.#hash.digest('hex'), broken: this.broken };
  }
}
