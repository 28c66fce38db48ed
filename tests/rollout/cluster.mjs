// What Kubernetes would run, on one machine: services, each at an address of its own under one name, and
// edges behind a balancer, over a real PostgreSQL.

import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort, Program } from '../e2e/processes.mjs';
import { Stack } from '../e2e/stack.mjs';
import { Balancer } from './balancer.mjs';
import { comeLateToEdge, comeLateToService } from './latecomers.mjs';
import { Deployment } from './deployment.mjs';
import { NameServer } from './names.mjs';

const SERVICE_NAME = 'transaction-service.ledgercast.svc.cluster.local';
const TOKEN_SECONDS = 3600;
// More than enough for every roll-out: what is there, and one that comes while another ends.
const surplus = (replicas) => 2 * replicas + 1;

const ip = (number) => `127.0.1.${number}`;

async function isFreeAt(host, port) {
  const server = createServer().listen(port, host);
  const isFree = await Promise.race([once(server, 'listening').then(() => true), once(server, 'error').then(() => false)]);
  if (isFree) await new Promise((resolve) => server.close(resolve));
  return isFree;
}

/** Addresses that services may have, one after the other, all with one port. */
async function serviceAddresses(count) {
  for (;;) {
    const port = await freePort();
    const hosts = Array.from({ length: count }, (_, index) => ip(index + 1));
    const free = await Promise.all(hosts.map((host) => isFreeAt(host, port)));
    if (free.every(Boolean)) return { port, hosts };
  }
}

export class Cluster {
  static async start(options, onStep) {
    const cluster = new Cluster();
    cluster.options = options;
    cluster.stack = await Stack.start();
    cluster.members = Array.from({ length: options.members }, (_, index) => `member-${index + 1}`);
    cluster.late = [];
    cluster.made = { edge: 0, service: 0 };
    cluster.#deploy(onStep);
    await cluster.#startServices();
    await cluster.#startEdges();
    return cluster;
  }

  #deploy(onStep) {
    const { options } = this;
    const shared = { lagMs: options.endpointsLagMs, signal: options.signal, onStep };
    this.endpoints = new Set();
    this.services = new Deployment({
      ...shared,
      name: 'services',
      make: () => this.#makeService(),
      endpoints: {
        add: (service) => this.endpoints.add(service),
        remove: (service) => this.endpoints.delete(service),
        free: (service) => this.serviceHosts.push(service.host),
      },
      minReadyMs: options.serviceMinReadyMs,
      graceMs: options.serviceGraceMs,
      late: (service) => this.#comeLate(service, comeLateToService(this.stack.client(service), { token: this.adminToken, lagMs: shared.lagMs })),
    });
    this.edges = new Deployment({
      ...shared,
      name: 'edges',
      make: () => this.#makeEdge(),
      endpoints: {
        add: (edge) => this.balancer.add(edge),
        remove: (edge) => this.balancer.remove(edge),
        free: (edge) => this.balancer.free(edge),
      },
      minReadyMs: options.edgeMinReadyMs,
      graceMs: options.edgeGraceMs,
      late: (edge) => this.#comeLate(edge, comeLateToEdge(edge, { token: this.adminToken, lagMs: shared.lagMs, graceMs: options.edgeGraceMs })),
    });
  }

  async #comeLate({ label }, coming) {
    for (const one of await coming) this.late.push({ label, ...one });
  }

  async #startServices() {
    const { hosts, port } = await serviceAddresses(surplus(this.options.services));
    this.serviceHosts = hosts;
    this.servicePort = port;
    if (this.options.discovery === 'dns') {
      const addressesOf = () => [...this.endpoints].map(({ host }) => host);
      this.names = await NameServer.start({ name: SERVICE_NAME, addressesOf, ttlMs: this.options.nameTtlMs });
      this.serviceTarget = `dns://${this.names.address}/${SERVICE_NAME}:${port}`;
    } else {
      this.serviceTarget = hosts.map((host) => `${host}:${port}`).join(',');
    }
    await this.services.start(this.options.services);
    this.names?.lookUp();
    // Signing in, and the accounts, by the first of them.
    this.stack.services = [...this.services.replicas];
    await this.stack.makeAdmin();
    await this.stack.makeAccounts(this.members, 1_000_000);
    this.adminToken = await this.stack.token('admin');
  }

  async #startEdges() {
    const slots = surplus(this.options.edges);
    this.balancer = await Balancer.start(this.stack.folder, { slots, balance: this.options.balance, maxConnections: 2 * this.options.sockets + 500 });
    await this.edges.start(this.options.edges);
  }

  async #makeService() {
    const { options, stack } = this;
    const host = this.serviceHosts.shift();
    const adminPort = await freePort();
    const service = this.#makeProgram('service', 'ledgercast-transaction-service', adminPort, [
      ...['--listen', `${host}:${this.servicePort}`, '--admin-listen', `127.0.0.1:${adminPort}`],
      ...['--database', stack.postgres.conninfo, '--access-token-seconds', TOKEN_SECONDS],
      ...['--signing-key-file', join(stack.folder, 'signing.pem'), '--relay-key-file', join(stack.folder, 'relay.pub.pem')],
      ...['--drain-delay-ms', options.serviceDrainDelayMs, '--drain-timeout-ms', options.serviceDrainTimeoutMs],
    ]);
    return Object.assign(service, { host, address: `${host}:${this.servicePort}` });
  }

  async #makeEdge() {
    const { options, stack } = this;
    const port = await freePort();
    const adminPort = await freePort();
    const edge = this.#makeProgram('edge', 'ledgercast-edge', adminPort, [
      ...['--listen', `127.0.0.1:${port}`, '--admin-listen', `127.0.0.1:${adminPort}`],
      ...['--service', this.serviceTarget, '--relay-key-file', join(stack.folder, 'relay.pem')],
      ...['--drain-delay-ms', options.edgeDrainDelayMs, '--drain-timeout-ms', options.edgeDrainTimeoutMs],
      ...['--reconnect-spread-ms', options.reconnectSpreadMs, '--progress-interval-ms', options.progressMs],
    ]);
    return Object.assign(edge, { url: `http://127.0.0.1:${port}`, streamUrl: `ws://127.0.0.1:${port}/v1/stream` });
  }

  #makeProgram(kind, name, adminPort, args) {
    const label = `${kind} ${++this.made[kind]}`;
    const program = new Program({ name, label, folder: this.stack.folder, adminPort, args: args.map(String) });
    program.start();
    return program;
  }

  /** gRPC clients of the services that are found now, each with a connection of its own. */
  clients() {
    return [...this.endpoints].map((service) => (service.client ??= this.stack.client(service)));
  }

  /** Ends what is left, all at a time; throws if one does not end well. */
  async stop() {
    await this.balancer?.stop();
    for (const { replicas } of [this.edges, this.services]) await Promise.all(replicas.map((replica) => replica.stop()));
    this.names?.close();
    this.stack.services = [];
    await this.stack.stop();
  }
}
