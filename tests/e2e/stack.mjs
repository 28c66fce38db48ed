// Runs Ledgercast with real processes: PostgreSQL, services, edges and accounts.

import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LedgerClient } from './ledger.mjs';
import { endAll, freePort, Postgres, Program, repository, runProgram } from './processes.mjs';

export const ADMIN = { username: 'admin', password: 'admin of the tests' };
export const passwordOf = (account) => `${account} of the tests`;

function writeKeys(folder) {
  const pem = { privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } };
  for (const name of ['signing', 'relay']) {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519', pem);
    writeFileSync(join(folder, `${name}.pem`), privateKey, { mode: 0o600 });
    writeFileSync(join(folder, `${name}.pub.pem`), publicKey);
  }
}

export class Stack {
  /** Starts only PostgreSQL, or what `makePostgres` returns. `addService` and `addEdge` add the rest. */
  static async start(makePostgres = (folder) => new Postgres(folder)) {
    const stack = new Stack();
    stack.folder = mkdtempSync(join(tmpdir(), 'ledgercast-e2e-'));
    chmodSync(stack.folder, 0o711);
    stack.postgres = makePostgres(join(stack.folder, 'postgres'));
    stack.services = [];
    stack.edges = [];
    stack.clients = [];
    stack.tokens = new Map();
    writeKeys(stack.folder);
    await stack.postgres.start();
    return stack;
  }

  /** Starts one service, one edge, an admin and `accounts`, each of which gets `points`. */
  static async startWithAccounts(accounts, { edgeFlags = [], ...options } = {}) {
    const stack = await Stack.startWithoutEdge(accounts, options);
    try {
      await (await stack.addEdge(stack.service, edgeFlags)).waitUntilReady();
    } catch (error) {
      endAll();
      throw error;
    }
    return stack;
  }

  /** Does the same without the edge. */
  static async startWithoutEdge(accounts, { points = 1000, serviceFlags = [] } = {}) {
    const stack = await Stack.start();
    try {
      await (await stack.addService(serviceFlags)).waitUntilReady();
      await stack.makeAdmin();
      await stack.makeAccounts(accounts, points);
    } catch (error) {
      endAll();
      throw error;
    }
    return stack;
  }

  /**
   * Starts a service and does not wait until it is ready. `database` is a conninfo that does not lead straight to
   * PostgreSQL, `name` another build of the program.
   */
  async addService(flags = [], { database = this.postgres.conninfo, name = 'ledgercast-transaction-service', env = {} } = {}) {
    const port = await freePort();
    const adminPort = await freePort();
    const service = new Program({
      name,
      env,
      label: `service-${this.services.length + 1}`,
      folder: this.folder,
      adminPort,
      args: [
        ...['--listen', `127.0.0.1:${port}`, '--admin-listen', `127.0.0.1:${adminPort}`],
        ...['--database', database],
        ...['--signing-key-file', join(this.folder, 'signing.pem'), '--relay-key-file', join(this.folder, 'relay.pub.pem')],
        ...flags,
      ],
    });
    service.address = `127.0.0.1:${port}`;
    service.start();
    this.services.push(service);
    return service;
  }

  /** Starts an edge. `name` is another build of the program. */
  async addEdge(service, flags = [], { name = 'ledgercast-edge' } = {}) {
    const port = await freePort();
    const adminPort = await freePort();
    const edge = new Program({
      name,
      label: `edge-${this.edges.length + 1}`,
      folder: this.folder,
      adminPort,
      args: [
        ...['--listen', `127.0.0.1:${port}`, '--admin-listen', `127.0.0.1:${adminPort}`],
        ...['--service', service.address, '--relay-key-file', join(this.folder, 'relay.pem')],
        ...['--ui-dir', join(repository, 'edge/ui/dist')],
        ...flags,
      ],
    });
    edge.url = `http://127.0.0.1:${port}`;
    edge.streamUrl = `ws://127.0.0.1:${port}/v1/stream`;
    edge.start();
    this.edges.push(edge);
    return edge;
  }

  async removeEdge(edge) {
    this.edges.splice(this.edges.indexOf(edge), 1);
    await edge.stop();
  }

  get service() {
    return this.services[0];
  }

  get edge() {
    return this.edges[0];
  }

  /** Returns a gRPC client with its own connection. */
  client(service = this.service) {
    const client = new LedgerClient(service.address);
    this.clients.push(client);
    return client;
  }

  async makeAdmin() {
    const file = join(this.folder, 'admin.password');
    writeFileSync(file, ADMIN.password);
    await runProgram('ledgercast', ['admin', 'create', ADMIN.username, '--database', this.postgres.conninfo, '--password-file', file]);
  }

  async makeAccounts(names, points) {
    const client = this.client();
    const token = await this.token(ADMIN.username);
    for (const name of names) {
      const account = { name, displayName: name, currency: 'PTS', minimumBalance: '0' };
      await client.call('createAccount', { account, password: passwordOf(name) }, { token });
      if (points > 0) {
        await client.call('createTransaction', { fromAccount: ADMIN.username, toAccount: name, amount: String(points) }, { token });
      }
    }
  }

  /** Returns an access token, which is made once per account. */
  async token(username) {
    if (!this.tokens.has(username)) this.tokens.set(username, await this.newToken(username));
    return this.tokens.get(username);
  }

  async newToken(username) {
    const password = username === ADMIN.username ? ADMIN.password : passwordOf(username);
    const { accessToken } = await this.client().call('issueToken', { username, password });
    return accessToken;
  }

  /** Ends everything. Throws if a program had ended by itself, or does not end well. */
  async stop() {
    for (const client of this.clients) client.close();
    const failures = [];
    for (const program of [...this.edges, ...this.services]) {
      await program.stop().catch((error) => failures.push(error));
    }
    await this.postgres.stop();
    if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join('\n'));
    rmSync(this.folder, { recursive: true });
  }
}
