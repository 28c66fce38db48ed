// Runs a PostgreSQL that is backed up and restored by the commands of docs/operations/backup.md.

import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DocumentedCommands } from './documented_commands.mjs';
import { Postgres } from './processes.mjs';

const PAGE = 'docs/operations/backup.md';
const TEST = 'tests/e2e/restore.test.mjs';
// As root, services/dev/postgres.sh runs the server as this user.
const SERVER_USER = process.getuid() === 0 ? 'postgres' : undefined;

const idOf = (kind) => Number(execFileSync('id', [kind, SERVER_USER], { encoding: 'utf8' }));

/** Makes a folder that the server's user may write to. */
function serverFolder(path) {
  mkdirSync(path, { mode: 0o700 });
  if (SERVER_USER !== undefined) chownSync(path, idOf('-u'), idOf('-g'));
  return path;
}

/** Replaces the Postgres of a Stack. Before restore() it is the first cluster, after that the restored one. */
export class RestoredCluster {
  constructor(folder) {
    mkdirSync(folder, { mode: 0o711 });
    this.first = new Postgres(join(folder, 'first'));
    this.restored = new Postgres(serverFolder(join(folder, 'restored')));
    this.backups = serverFolder(join(folder, 'backups'));
    this.secrets = join(folder, '..');
    this.commands = new DocumentedCommands(PAGE, TEST);
    this.current = this.first;
  }

  get conninfo() {
    return this.current.conninfo;
  }

  /** Returns the connection string without a database and a user. */
  get server() {
    return `host='${this.current.socketFolder}'`;
  }

  /** Runs a block of the page. */
  document(name, env = {}, options = { user: SERVER_USER }) {
    return this.commands.run(name, { BACKUPS: this.backups, PGBIN: this.programs, SECRETS: this.secrets, DATABASE: this.conninfo, ...env }, options);
  }

  async start() {
    await this.first.start();
    [[this.programs]] = await this.first.query("SELECT setting FROM pg_config WHERE name = 'BINDIR'");
    await this.document('archive');
    await this.first.stop();
    await this.first.start();
    for (const name of ['owner', 'runtime']) writeFileSync(join(this.secrets, name), `${name} of the tests\n`, { mode: 0o600 });
  }

  async takeBaseBackup() {
    this.base = (await this.document('base backup')).trim().split('\n').at(-1);
  }

  /** Gives up the first cluster and everything that was posted at or after `until`. */
  async restore(until) {
    await this.document('archive the rest');
    await this.first.stop();
    await this.document('restore', { BASE: this.base, UNTIL: until, RESTORED: join(this.restored.folder, 'data') });
    await this.restored.start();
    this.current = this.restored;
    await this.document('wait for the restored server', { RESTORED_DATABASE: this.conninfo });
  }

  query(sql) {
    return this.current.query(sql);
  }

  async stop() {
    await this.current.stop();
  }
}
