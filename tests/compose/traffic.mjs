// Clients of a project, over its published ports. Some post, and repeat each transfer until it is acknowledged.
// Others follow the log through every break. In the end everything must agree.

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { checkHashes, checkHistory, checkRecord, readHistory } from '../e2e/history.mjs';
import { post } from '../e2e/http.mjs';
import { LedgerClient } from '../e2e/ledger.mjs';
import { byHttp, byRpc, postAll } from '../e2e/posters.mjs';
import { pick, random } from '../e2e/random.mjs';
import { EventsReader, PollReader, RpcReader, SocketReader } from '../e2e/readers.mjs';
import { waitUntil } from '../e2e/waiting.mjs';

export const MEMBERS = ['ann', 'bob', 'cid'];
const POINTS = 1_000_000;
const LANES_A_CLIENT = 2;
const TRANSFERS_A_ROUND = 20;
const CATCH_UP_MS_MAX = 120_000;
const TOKEN_AGE_MS_MAX = 300_000;

export async function signIn(edge, username, password) {
  const { status, body } = await post(edge, '/v1/token', { username, password });
  assert.equal(status, 200, `no token for ${username}: ${JSON.stringify(body)}`);
  return body.accessToken;
}

export class Traffic {
  /** Starts with the admin's password, and makes the members' accounts. */
  static async start(project, adminPassword) {
    const traffic = new Traffic();
    traffic.project = project;
    traffic.passwords = new Map([['admin', adminPassword], ...MEMBERS.map((name) => [name, randomUUID()])]);
    traffic.tokens = new Map();
    traffic.clients = [];
    traffic.readers = [];
    traffic.acknowledged = [];
    traffic.tokens.set('admin', await signIn(project.edge, 'admin', adminPassword));
    await traffic.#makeMembers();
    await traffic.freshenTokens();
    traffic.#startReaders();
    return traffic;
  }

  #client() {
    const client = new LedgerClient(this.project.service.address);
    this.clients.push(client);
    return client;
  }

  async #makeMembers() {
    const client = this.#client();
    const token = this.tokens.get('admin');
    for (const name of MEMBERS) {
      const account = { name, displayName: name, currency: 'PTS', minimumBalance: '0' };
      await client.call('createAccount', { account, password: this.passwords.get(name) }, { token });
      const given = { id: randomUUID(), fromAccount: 'admin', toAccount: name, amount: String(POINTS) };
      const { sequence } = await client.call('createTransaction', given, { token });
      this.acknowledged.push({ ...given, sequence });
    }
  }

  /** Gets new tokens before a break, because none could be had during it. */
  async freshenTokens() {
    if (Date.now() - (this.tokensMade ?? 0) < TOKEN_AGE_MS_MAX) return;
    for (const [name, password] of this.passwords) this.tokens.set(name, await signIn(this.project.edge, name, password));
    this.tokensMade = Date.now();
  }

  #startReaders() {
    const { edge } = this.project;
    const add = (viewer, Kind, source, kind) => {
      const reader = new Kind(source, { name: `${kind} of ${viewer}`, token: () => this.tokens.get(viewer) });
      this.readers.push({ viewer, isAdmin: viewer === 'admin', reader: reader.start() });
    };
    for (const viewer of ['admin', ...MEMBERS]) add(viewer, SocketReader, edge, 'socket');
    for (const viewer of ['admin', 'ann']) add(viewer, EventsReader, edge, 'events');
    for (const viewer of ['admin', 'bob']) add(viewer, PollReader, edge, 'polls');
    for (const viewer of ['admin', 'cid']) add(viewer, RpcReader, this.#client(), 'stream');
  }

  /** Starts posting, which goes on until `stopPosting`. */
  startPosting() {
    this.isPosting = true;
    const others = (name) => MEMBERS.filter((member) => member !== name);
    const own = (fromAccount) => () => ({ fromAccount, toAccount: pick(others(fromAccount)), amount: String(1 + random(50)) });
    const between = () => own(pick(MEMBERS))();
    const client = this.#client();
    const ways = [
      { way: () => byRpc(client, this.tokens.get('admin')), next: between },
      { way: () => byHttp(this.project.edge, this.tokens.get('ann')), next: own('ann') },
    ];
    this.posting = Promise.all(ways.map((each) => this.#keepPosting(each)));
    // The promise is awaited later. Until then this avoids an unhandled rejection.
    this.posting.catch(() => {});
  }

  async #keepPosting({ way, next }) {
    const acknowledged = (transfer) => this.acknowledged.push(transfer);
    while (this.isPosting) await postAll({ count: TRANSFERS_A_ROUND, width: LANES_A_CLIENT, way: way(), next, acknowledged });
  }

  async stopPosting() {
    this.isPosting = false;
    await this.posting;
  }

  /** Waits until `count` more transfers have been acknowledged, which shows that the broken part works again. */
  async waitForMore(count) {
    const due = this.acknowledged.length + count;
    await Promise.race([
      waitUntil(`${count} more transfers`, () => this.acknowledged.length >= due, CATCH_UP_MS_MAX),
      this.posting.then(() => new Promise(() => {})),
    ]);
  }

  /** Waits until every reader has everything that was acknowledged so far. */
  async catchUp() {
    const last = Math.max(...this.acknowledged.map(({ sequence }) => Number(sequence)));
    await Promise.all(this.readers.map(({ reader }) => reader.record.waitForSequence(last, CATCH_UP_MS_MAX)));
  }

  /** Checks, after posting has ended, that the ledger, the acknowledged transfers and the received rows are the same. */
  async check() {
    const history = await readHistory(this.project);
    checkHistory(history);
    await Promise.all(this.readers.map(({ reader }) => reader.record.waitForSequence(history.length, CATCH_UP_MS_MAX)));
    const posted = new Map(this.acknowledged.map((transfer) => [transfer.id, transfer.sequence]));
    assert.equal(posted.size, this.acknowledged.length);
    const ofMembers = history.filter(({ fromAccount, toAccount }) => MEMBERS.includes(fromAccount) || MEMBERS.includes(toAccount));
    assert.deepEqual(new Map(ofMembers.map(({ id, sequence }) => [id, sequence])), posted);
    for (const { viewer, isAdmin, reader } of this.readers) checkRecord(reader.record, history, { viewer, isAdmin });
    checkHashes(this.readers[0].reader.record);
    return history.length;
  }

  async stop() {
    this.isPosting = false;
    await Promise.all(this.readers.map(({ reader }) => reader.stop()));
    for (const client of this.clients) client.close();
    await this.posting?.catch(() => {});
  }
}
