// A watcher that writes down what it was told, row by row, and resumes by its cursor after any break.

import { backOff } from '../e2e/waiting.mjs';

export class LedgerReader {
  #stopped = false;

  constructor(client, token, out) {
    this.client = client;
    this.token = token;
    this.out = out;
    this.cursor = '';
    this.sequence = 0;
    this.running = this.#run();
  }

  async #run() {
    while (!this.#stopped) {
      try {
        for await (const response of this.client.watch({ after: this.cursor }, { token: this.token })) {
          if (this.#stopped) return;
          this.#take(response);
        }
      } catch (error) {
        if (this.#stopped) return;
        // Told that its history is no more: nothing here may make that true.
        if (error.code === 'OUT_OF_RANGE') throw error;
        await backOff();
      }
    }
  }

  #take({ transactions, after, cursor }) {
    if (this.cursor !== '' && after !== this.cursor) throw new Error(`a gap: ${after} follows ${this.cursor}`);
    for (const row of transactions) {
      this.out.write(`${row.sequence},${row.id},${row.fromAccount},${row.toAccount},${row.amount},${row.fromBalance},${row.toBalance},${row.hash}\n`);
      this.sequence = Number(row.sequence);
    }
    this.cursor = cursor;
  }

  async stop() {
    this.#stopped = true;
    this.client.close();
    await this.running;
  }
}
