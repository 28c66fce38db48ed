// What goes wrong during the hammering, one fault after the other.

import { pick, random } from '../e2e/random.mjs';
import { waitUntil } from '../e2e/waiting.mjs';
import { setTimeout as pause } from 'node:timers/promises';

const PAUSE_MS = 5_000;
const BETWEEN_MS = 1_500;
const HIT_TRY_MS = 2_000;
const READY_TIMEOUT_MS = 60_000;
const RECOVERY_TIMEOUT_MS = 300_000;
// How each statement of posting begins, as the database sees it.
const STATEMENTS = ['BEGIN; SELECT lock_ledger()%', 'INSERT INTO transactions%', '%COMMIT', 'SELECT t.sequence%', 'ROLLBACK', 'SET %'];
// Looks for a session in such a statement again and again, and ends the first that it meets.
const HIT = `CREATE OR REPLACE FUNCTION pg_temp.hit(pattern text) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    until timestamptz := clock_timestamp() + interval '${HIT_TRY_MS} ms';
    victim int;
  BEGIN
    WHILE clock_timestamp() < until LOOP
      PERFORM pg_stat_clear_snapshot();
      SELECT pid INTO victim FROM pg_stat_activity
        WHERE state = 'active' AND application_name = 'ledgercast' AND query LIKE pattern LIMIT 1;
      IF FOUND THEN RETURN pg_terminate_backend(victim); END IF;
    END LOOP;
    RETURN false;
  END $$`;
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
    await Promise.all([this.#breakPrograms(), this.#endSessions()]);
    this.clock.set(0);
    await Promise.all(this.stack.services.map((service) => waitUntil(`${service.label} to be ready`, () => service.isReady(), READY_TIMEOUT_MS)));
  }

  async #breakPrograms() {
    const kinds = [() => this.#killReplica(), () => this.#pauseReplica(), () => this.#stepClock()];
    for (let number = 1; !this.#stopped; number += 1) {
      await (number % 10 === 0 ? this.#killPostgres() : pick(kinds)());
      await pause(random(BETWEEN_MS));
    }
  }

  async #endSessions() {
    while (!this.#stopped) {
      await this.#endSession(pick(STATEMENTS)).catch(() => {}); // PostgreSQL was killed meanwhile
      await pause(random(BETWEEN_MS));
    }
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
    await pause(random(PAUSE_MS));
    service.resume();
    this.#note('a replica paused');
  }

  // In the middle of a statement of that kind, if one is met.
  async #endSession(statement) {
    const [[isHit]] = await this.stack.postgres.query(`${HIT}; SELECT pg_temp.hit('${statement}')`);
    if (isHit === 't') this.#note(`a session ended in ${statement.replaceAll('%', '')}`);
  }

  async #stepClock() {
    this.clock.set(pick(CLOCK_STEPS_S));
    this.#note('a step of a clock');
  }

  async #killPostgres() {
    await this.stack.postgres.kill();
    // Its recovery may take longer than starting it is waited for.
    await this.stack.postgres.start().catch(() =>
      waitUntil('PostgreSQL to recover', () => this.stack.postgres.query('SELECT 1').then(() => true, () => false), RECOVERY_TIMEOUT_MS));
    this.#note('PostgreSQL killed');
  }
}
