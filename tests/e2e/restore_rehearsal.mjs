// The course of events that restore.test.mjs judges: what clients do before and after the point in time to which the
// ledger is restored.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { failureOf } from './asking.mjs';
import { readHistory } from './history.mjs';
import { get } from './http.mjs';
import { byHttp, byRpc } from './posters.mjs';
import { RpcReader, SocketReader, TRANSPORTS } from './readers.mjs';
import { RestoredCluster } from './restored_cluster.mjs';
import { Socket } from './socket.mjs';
import { passwordOf, Stack } from './stack.mjs';
import { Tool } from './tool.mjs';
import { backOff, waitUntil } from './waiting.mjs';

export const WAIT_TIMEOUT_MS = 30_000;
export const NEW_PASSWORD = 'another of the tests';
const POSTED_A_STEP = 40;
/** The sequence of the row that is changed behind the service's back. */
export const CHANGED = 9;

export class Rehearsal {
  /** The transfers that were acknowledged, in order, each with `isAfterRestore`. */
  acknowledged = [];
  #readers = [];
  #isRestored = false;
  #isOver = false;

  async start() {
    this.stack = await Stack.start((folder) => new RestoredCluster(folder));
    this.postgres = this.stack.postgres;
    await (await this.stack.addService()).waitUntilReady();
    await this.stack.makeAdmin();
    await this.stack.makeAccounts(['ann', 'bob', 'cid', 'dan', 'eve'], 100_000);
    // With one thread, all clients of the edge are told of the restored ledger at the same moment.
    await (await this.stack.addEdge(this.stack.service, ['--threads=1'])).waitUntilReady();
    this.client = this.stack.client();
    this.tool = new Tool(this.stack);
    await this.tool.logIn('admin');
    this.token = () => this.stack.token('admin');
    await this.#setDepartment('management');
    await this.#startPosters();
  }

  /** Starts clients that post one transfer after the other, through whatever happens. */
  async #startPosters() {
    const token = await this.token();
    const ways = [byRpc(this.client, token), byHttp(this.stack.edge, token)];
    const post = async (way) => {
      while (!this.#isOver) {
        const [fromAccount, toAccount] = Math.random() < 0.5 ? ['ann', 'bob'] : ['bob', 'ann'];
        const transfer = { id: randomUUID(), fromAccount, toAccount, amount: '1' };
        let answer;
        while (answer === undefined && !this.#isOver) {
          ({ answer } = await way(transfer));
          await backOff();
        }
        if (answer) this.acknowledged.push({ ...transfer, sequence: answer.sequence, isAfterRestore: this.#isRestored });
      }
    };
    this.posters = Promise.all([...ways, ...ways].map(post));
  }

  /** Lets the posters go on for a while. */
  #progress() {
    const goal = this.acknowledged.length + POSTED_A_STEP;
    return Promise.race([this.posters, waitUntil('transfers to be acknowledged', () => this.acknowledged.length >= goal, WAIT_TIMEOUT_MS)]);
  }

  /** Returns a reader of each kind. `after` is where they begin. */
  readers(when, after = '') {
    const edge = this.stack.edge;
    const readers = [
      { viewer: 'admin', isAdmin: true, reader: new RpcReader(this.stack.client(), { name: `${when}, a stream`, token: this.token, after }) },
      ...Object.entries(TRANSPORTS).map(([name, Transport]) => ({ viewer: 'admin', isAdmin: true, reader: new Transport(edge, { name: `${when}, ${name}`, token: this.token, after }) })),
      { viewer: 'ann', reader: new SocketReader(edge, { name: `${when}, a member`, token: () => this.stack.token('ann'), after }) },
    ].map((each) => ({ ...each, reader: each.reader.start() }));
    this.#readers.push(...readers);
    return readers;
  }

  async beforeThePoint() {
    const early = this.readers('early');
    await this.postgres.takeBaseBackup();
    await this.#progress();
    const head = this.acknowledged.length;
    await Promise.all(early.map(({ reader }) => reader.record.waitForSequence(head, WAIT_TIMEOUT_MS)));
    await Promise.all(early.map(({ reader }) => reader.stop()));
    this.earlyCursor = early[0].reader.record.cursor;
    await this.#progress();
    this.signIns = Object.fromEntries(await Promise.all(['ann', 'bob', 'cid', 'dan', 'eve'].map(async (name) => [name, await this.signIn(name)])));
  }

  signIn(username, password = passwordOf(username)) {
    return this.client.call('issueToken', { username, password });
  }

  refresh({ refreshToken }) {
    return this.client.call('refreshToken', { refreshToken });
  }

  async #setDepartment(department) {
    await this.client.call('updateAccount', { account: { name: 'eve', department }, updateMask: { paths: ['department'] } }, { token: await this.token() });
  }

  async afterThePoint() {
    const posted = await this.client.call('createTransaction', { fromAccount: 'ann', toAccount: 'bob', amount: '1' }, { token: await this.token() });
    this.firstLost = posted.sequence;
    [[this.until, this.mistake]] = await this.postgres.query(`SELECT create_time, create_time + interval '1 ms' FROM transactions WHERE sequence = ${this.firstLost}`);
    // A superuser changes a row that was posted before. No trigger stops it.
    await this.postgres.query(`BEGIN; SET LOCAL session_replication_role = replica; UPDATE transactions SET amount = amount + 1 WHERE sequence = ${CHANGED}; COMMIT`);
    this.late = this.readers('late');
    const token = await this.token();
    this.socket = await new Socket(this.stack.edge, { token }).opened();
    this.socket.send('watch', { after: 'now' });
    await this.socket.next('watching');
    await this.#changeSignIns(token);
    await this.#progress();
  }

  async #changeSignIns(token) {
    this.renewed = { ann: await this.refresh(this.signIns.ann), dan: await this.refresh(this.signIns.dan) };
    this.begunLater = await this.signIn('ann');
    await this.client.call('revokeTokens', { username: 'bob' }, { token });
    await this.client.call('changePassword', { username: 'cid', newPassword: NEW_PASSWORD }, { token });
    await this.#setDepartment('sales');
    const { reason } = await failureOf(this.client.call('getAccount', { name: 'ann' }, { token: (await this.signIn('eve')).accessToken }));
    assert.equal(reason, 'NOT_ALLOWED');
  }

  /** Restores the ledger as the page says. The edge and the clients go on all the time. */
  async restore() {
    const { service, edge } = this.stack;
    await this.postgres.document('watch the archive');
    this.choices = await this.postgres.document('choose the point', { MISTAKE: this.mistake });
    this.soundness = await this.tool.run('admin', ['verify', '--json']);
    await service.stop();
    this.whileStopped = await get(edge, '/v1/accounts/ann', { token: await this.token() });
    this.lost = await readHistory(this.postgres);
    // The service and the edge have the changed row in memory as it was posted.
    const changed = this.lost[CHANGED - 1];
    changed.amount = String(Number(changed.amount) - 1);
    const before = this.postgres.conninfo;
    await this.postgres.restore(this.until);
    this.kept = await readHistory(this.postgres);
    service.args = service.args.map((argument) => (argument === before ? this.postgres.conninfo : argument));
    this.#isRestored = true;
    service.start();
    await service.waitUntilReady();
    this.resync = await this.socket.next('resync');
    await this.#progress();
  }

  /** Ends the posters, and returns the whole history. */
  async end() {
    this.#isOver = true;
    await this.posters;
    return readHistory(this.postgres);
  }

  /** Ends everything, wherever the rehearsal stopped. */
  async stop() {
    this.#isOver = true;
    await this.posters?.catch(() => {});
    await Promise.all(this.#readers.map(({ reader }) => reader.stop()));
    await this.stack?.stop();
  }

  /** Runs `ledgercast verify` as the page prints it. Returns its exit status and what it said. */
  async verify() {
    const environment = { XDG_CONFIG_HOME: `${this.stack.folder}/admin` };
    return this.postgres.document('verify', environment, {}).then(
      (stdout) => ({ code: 0, stdout }),
      ({ code, stdout }) => ({ code, stdout }),
    );
  }
}
