// What goes wrong during the hammering, one fault after the other.

import { pick, random } from '../e2e/random.mjs';
import { waitUntil } from '../e2e/waiting.mjs';
import { setTimeout as pause } from 'node:timers/promises';

const PAUSE_MS = 5_000;
const BETWEEN_MS = 1_500;
const HIT_TRIES = 300;
const READY_TIMEOUT_MS = 60_000;
// How each statement of posting begins, as the database sees it.
const STATEMENTS = ['BEGIN; SELECT lock_ledger()%', 'INSERT INTO transactions%', '%COMMIT', 'SELECT t.sequence%', 'ROLLBACK', 'SET %'];
const CLOCK_STEPS_S = [2, 3_600, -3_600, 315_360_000, 0];

export class Faults {
  #stopped = false;
  #count = {};

  constructor(stack, clock) {
    this.stack = stack;
    this.clock = clock;
  }

  counts() {
    return Object.entries(this.#count).map(([name, count]) => `${count} × ${name}`).join(', ');
  }

  stop() {
    this.#stopped = true;
  }

  async run() {
    const kinds = [() => this.#killReplica(), () => this.#pauseReplica(), () => this.#endSession(), () => this.#endSession(), () => this.#endSession(), () => this.#stepClock()];
    for (let number = 1; !this.#stopped; number += 1) {
      await (number % 25 === 0 ? this.#killPostgres() : pick(kinds)());
      await pause(random() * BETWEEN_MS);
    }
    this.clock.set(0);
    await Promise.all(this.stack.services.map((service) => waitUntil(`${service.label} to be ready`, () => service.isReady(), READY_TIMEOUT_MS)));
  }

  #note(name) {
    this.#count[name] = (this.#count[name] ?? 0) + 1;
  }

  async #killReplica() {
    const service = pick(this.stack.services);
    await service.kill();
    service.start();
    this.#note('a replica killed');
  }

  // Longer than the others wait for one that stands still.
  async #pauseReplica() {
    const service = pick(this.stack.services);
    service.pause();
    await pause(random() * PAUSE_MS);
    service.resume();
    this.#note('a replica paused');
  }

  // In the middle of a statement of that kind, if one is met.
  async #endSession() {
    const statement = pick(STATEMENTS);
    for (let tries = 0; tries < HIT_TRIES && !this.#stopped; tries += 1) {
      const rows = await this.stack.postgres
        .query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'active' AND application_name = 'ledgercast' AND query LIKE '${statement}' LIMIT 1`)
        .catch(() => []);
      if (rows.length > 0) return this.#note(`a session ended in ${statement.replaceAll('%', '')}`);
    }
    return undefined;
  }

  async #stepClock() {
    this.clock.set(pick(CLOCK_STEPS_S));
    this.#note('a step of a clock');
  }

  async #killPostgres() {
    await this.stack.postgres.kill();
    await this.stack.postgres.start();
    this.#note('PostgreSQL killed');
  }
}
