// Runs PostgreSQL as an operator does who must survive the loss of a machine: two clusters, one of them a standby
// that can be promoted. Connection strings name both.

import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Postgres } from './processes.mjs';
import { waitUntil } from './waiting.mjs';

const WAIT_TIMEOUT_MS = 20_000;

/** Replaces the Postgres of a Stack. */
export class ClusterPair {
  constructor(folder) {
    mkdirSync(folder, { mode: 0o711 });
    this.primary = new Postgres(join(folder, 'first'));
    this.standby = new Postgres(join(folder, 'second'));
  }

  async start() {
    await this.primary.start();
    await this.standby.startAsStandbyOf(this.primary);
    const hosts = [this.primary, this.standby].map(({ socketFolder }) => socketFolder);
    this.conninfo = `host='${hosts.join(',')}' user=ledgercast dbname=ledgercast target_session_attrs=read-write`;
  }

  /** Makes the primary acknowledge only commits that the standby has too. */
  async makeSynchronous() {
    await this.primary.query("ALTER SYSTEM SET synchronous_standby_names = '*'");
    await this.primary.query('SELECT pg_reload_conf()');
    await this.#waitFor('the standby to be synchronous', this.primary, "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'");
  }

  /** Waits until the standby has everything that the primary has. */
  async waitUntilReplicated() {
    const [[position]] = await this.primary.query('SELECT pg_current_wal_flush_lsn()');
    await this.#waitFor('the standby to catch up', this.standby, `SELECT 1 WHERE pg_last_wal_replay_lsn() >= '${position}'`);
  }

  #waitFor(what, cluster, sql) {
    return waitUntil(what, async () => (await cluster.query(sql)).length > 0, WAIT_TIMEOUT_MS);
  }

  /** Makes the standby the primary. The old primary must not run any more. */
  async promote() {
    await this.standby.promote();
    [this.primary, this.standby] = [this.standby, this.primary];
  }

  /** Makes the cluster that is not the primary anew, as a standby of the primary. */
  async rebuildStandby() {
    await rm(this.standby.folder, { recursive: true });
    await this.standby.startAsStandbyOf(this.primary);
  }

  query(sql) {
    return this.primary.query(sql);
  }

  async stop() {
    await this.standby.stop();
    await this.primary.stop();
  }
}
