// Proves that a copy of the log is complete. It computes the SHA-256 of DigestTransactions over what was read,
// stretch by stretch. It keeps nothing of the copy itself.

import { sha256 } from '@noble/hashes/sha2';
import { bytesToHex } from '@noble/hashes/utils';
import { LedgercastError, REASON } from './errors.js';
import type { DigestTransactionsRequest, DigestTransactionsResponse, Transaction } from './generated/messages.js';
import { sequenceOf } from './position.js';

export interface ProofOptions {
  /** Cursor where the copy begins, the `after` of its first batch. The default is the beginning. */
  readonly after?: string;
  /** The account, if the copy holds the transactions of one account only. */
  readonly account?: string;
}

/** The range that has been proved. */
export interface Proved {
  readonly after: string;
  readonly until: string;
  readonly count: bigint;
}

interface Stretch {
  readonly after: string;
  until: string;
  count: bigint;
  readonly hash: ReturnType<typeof sha256.create>;
}

export type AskDigest = (request: DigestTransactionsRequest) => Promise<DigestTransactionsResponse>;

export class Proof {
  private readonly account: string;
  /** Stretches that are complete but not proved yet, in order. */
  private readonly stretches: Stretch[] = [];
  private current: Stretch;
  private sequence: bigint;

  constructor(
    { after = '', account = '' }: ProofOptions,
    private readonly ask: AskDigest,
  ) {
    this.account = account;
    this.current = begin(after);
    this.sequence = sequenceOf(after);
  }

  /** Adds the next piece of the copy, for example a batch of `watch`. It must be complete up to `cursor`. */
  add({ transactions, cursor }: { readonly transactions: readonly Transaction[]; readonly cursor: string }): void {
    for (const transaction of transactions) {
      if (transaction.sequence <= this.sequence) throw new LedgercastError('INVALID_ARGUMENT', 'INVALID_FIELD', 'the copy is not in order');
      this.sequence = transaction.sequence;
      this.current.hash.update(lineOf(transaction));
      this.current.count += 1n;
    }
    this.current.until = cursor;
  }

  /**
   * Compares everything that was added with the ledger, and throws `DATA_LOSS` / `COPY_DIFFERS` if they differ.
   * Ranges that were proved before are not compared again.
   */
  async verify(): Promise<Proved> {
    if (this.current.until !== this.current.after) {
      this.stretches.push(this.current);
      this.current = begin(this.current.until);
    }
    const from = this.stretches[0]?.after ?? this.current.after;
    let count = 0n;
    for (;;) {
      const stretch = this.stretches[0];
      if (stretch === undefined) return { after: from, until: this.current.after, count };
      await this.compare(stretch);
      count += stretch.count;
      if (this.stretches[0] === stretch) this.stretches.shift();
    }
  }

  private async compare({ after, until, count, hash }: Stretch): Promise<void> {
    const theirs = await this.ask({ after, until, account: this.account });
    const ours = bytesToHex(hash.clone().digest());
    if (theirs.count === count && theirs.sha256 === ours) return;
    const metadata = { after, until, count: String(count), ledgerCount: String(theirs.count), sha256: ours, ledgerSha256: theirs.sha256 };
    throw new LedgercastError('DATA_LOSS', REASON.copyDiffers, 'the copy differs from the ledger', metadata);
  }
}

function begin(after: string): Stretch {
  return { after, until: after, count: 0n, hash: sha256.create() };
}

/** Returns the line of a transaction as DigestTransactions defines it in the contract. */
function lineOf({ sequence, id, fromAccount, toAccount, amount, currency }: Transaction): string {
  return `${sequence} ${id} ${fromAccount} ${toAccount} ${amount} ${currency}\n`;
}
