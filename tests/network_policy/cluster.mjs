// The base's pods as hosts of a lab, with the real programs in them as their manifests start them, and beside them
// hosts that have nothing to do with the ledger: in the cluster and outside.

import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Inventory } from '../k8s/inventory.mjs';
import { LedgerClient } from '../e2e/ledger.mjs';
import { binaries } from '../e2e/processes.mjs';
import { waitUntil } from '../e2e/waiting.mjs';

const READY_TIMEOUT_MS = 90_000;
const NAMESPACE = 'ledgercast';
// Where the manifests mount what Job secrets makes.
const SECRETS = '/etc/ledgercast';
// PostgreSQL does not run as root, which this process is in its user namespace; it wants a user with a name: nobody.
const AS_POSTGRES = ['--user', '--map-user=65534', '--map-group=65534', '--'];

export const here = (name) => fileURLToPath(new URL(name, import.meta.url));

// In the cluster, but not the ledger's; and outside. `listens` is for listener.mjs.
const OTHERS = [
  { role: 'stranger', namespace: NAMESPACE, labels: { app: 'stranger' }, listens: ['8080'] },
  { role: 'other', namespace: 'default', labels: { 'app.kubernetes.io/name': 'edge' }, listens: ['8080'] },
  { role: 'gateway', namespace: 'gateway', labels: { app: 'gateway' }, listens: ['443'] },
  { role: 'prometheus', namespace: 'monitoring', labels: { app: 'prometheus' }, listens: ['9090'] },
  { role: 'dns', namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } },
  { role: 'system', namespace: 'kube-system', labels: { 'k8s-app': 'system' }, listens: ['53', '53/UDP'] },
  { role: 'api-server', listens: ['443', '6443'] },
  { role: 'browser', listens: ['8080'] },
  { role: 'internet', listens: ['80', '443', '5432', '53/UDP'] },
];

const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'Job']);
const portsOf = ({ containers }) => containers.flatMap(({ ports = [] }) => ports);

/** What is to run where: one entry a pod of the manifests, and the others. */
export function hostsOf(objects) {
  const pods = objects.filter(({ kind }) => WORKLOADS.has(kind)).flatMap(({ metadata, spec }) =>
    Array.from({ length: spec.replicas ?? 1 }, (_, index) => ({
      role: metadata.name,
      name: (spec.replicas ?? 1) > 1 ? `${metadata.name}-${index + 1}` : metadata.name,
      namespace: metadata.namespace,
      labels: spec.template.metadata.labels,
      ports: portsOf(spec.template.spec),
      container: spec.template.spec.containers[0],
      initContainers: spec.template.spec.initContainers ?? [],
    })));
  return [...pods, ...OTHERS.map((one) => ({ name: one.role, ports: [], ...one }))];
}

const namespaceLabels = (name) => ({ 'kubernetes.io/metadata.name': name });

export class Cluster {
  static async start(lab, objects) {
    const cluster = new Cluster();
    cluster.lab = lab;
    cluster.inventory = new Inventory(objects);
    cluster.hosts = hostsOf(objects);
    for (const [index, host] of cluster.hosts.entries()) {
      // Documentation's addresses for who is outside.
      host.lab = await lab.addHost(host.name, host.namespace ? `10.244.${index + 1}` : `198.18.${index + 1}`);
      host.address = host.lab.address;
    }
    return cluster;
  }

  of(role) {
    return this.hosts.filter((host) => host.role === role);
  }

  one(role) {
    return this.of(role)[0];
  }

  get policies() {
    return this.inventory.all('NetworkPolicy');
  }

  /** As the translation takes it. */
  get inPolicies() {
    const pods = this.hosts.filter(({ namespace }) => namespace !== undefined);
    return { pods, namespaces: Object.fromEntries(pods.map(({ namespace }) => [namespace, namespaceLabels(namespace)])) };
  }

  startOthers() {
    for (const { lab, listens } of this.hosts) if (listens) lab.spawn('node', [here('listener.mjs'), ...listens]);
    const names = join(this.lab.folder, 'names.json');
    writeFileSync(names, JSON.stringify(Object.fromEntries(this.inventory.all('Service').map((service) => this.#nameOf(service)))));
    const dns = this.one('dns');
    dns.lab.spawn('node', [here('dns_server.mjs'), names]);
    for (const { lab, namespace } of this.hosts) if (namespace === NAMESPACE) lab.resolveBy(dns.address, namespace);
  }

  /** Returns the name of a headless Service and the addresses of its pods. */
  #nameOf({ metadata, spec }) {
    const chosen = this.hosts.filter(({ namespace, labels }) => namespace === metadata.namespace &&
      Object.entries(spec.selector).every(([key, value]) => labels[key] === value));
    return [`${metadata.name}.${metadata.namespace}.svc.cluster.local`, chosen.map(({ address }) => address)];
  }

  makeSecrets() {
    this.secrets = join(this.lab.folder, 'secrets');
    execFileSync(join(binaries, 'ledgercast'), ['secrets', 'create', this.secrets]);
  }

  #inPlace(text) {
    return text.replaceAll(SECRETS, this.secrets);
  }

  /** The pod's container, or another of it, as its manifest says, with the secrets where they are. */
  startProgram({ lab, container: main }, container = main) {
    const [program, ...args] = [...(container.command ?? []), ...(container.args ?? [])].map((each) => this.#inPlace(each));
    const env = Object.entries(this.inventory.settings(container)).map(([name, value]) => [name, this.#inPlace(String(value))]);
    return lab.spawn(join(binaries, basename(program)), args, Object.fromEntries(env));
  }

  /** PostgreSQL with the database and the password that the manifest asks the image for. */
  startPostgres() {
    const { lab, container } = this.one('postgres');
    const env = Object.fromEntries(container.env.map(({ name, value }) => [name, this.#inPlace(value ?? '')]));
    const folder = join(this.lab.folder, 'postgres');
    const data = join(folder, 'data');
    mkdirSync(folder);
    const bin = postgresFolder();
    const asPostgres = (program, args, options) => lab.run('unshare', [...AS_POSTGRES, join(bin, program), ...args], { stdio: ['pipe', 'ignore', 'inherit'], ...options });
    asPostgres('initdb', ['--pgdata', data, '--username', env.POSTGRES_USER, '--pwfile', env.POSTGRES_PASSWORD_FILE, '--auth=scram-sha-256', '--no-sync']);
    asPostgres('postgres', ['--single', '-D', data, 'postgres'], { input: `CREATE DATABASE ${env.POSTGRES_DB}\n` });
    // As the image has it.
    appendFileSync(join(data, 'pg_hba.conf'), 'host all all all scram-sha-256\n');
    const settings = ['listen_addresses=*', 'fsync=off', `unix_socket_directories=${folder}`].flatMap((setting) => ['-c', setting]);
    lab.spawn('unshare', [...AS_POSTGRES, join(bin, 'postgres'), '-D', data, ...container.args, ...settings]);
  }

  async waitUntilReady(host, port) {
    const isReady = async () => {
      try {
        return (await fetch(`http://${host.address}:${port}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok;
      } catch {
        return false;
      }
    };
    await waitUntil(`${host.name} to be ready`, isReady, READY_TIMEOUT_MS).catch((error) => {
      throw new Error(`${error.message}:\n${host.program.lastLog()}`);
    });
  }

  /** What is done once: it has to end, and well. */
  async #runToEnd(what, program) {
    await waitUntil(`${what} to end`, () => program.child.exitCode !== null, READY_TIMEOUT_MS);
    if (program.child.exitCode !== 0) throw new Error(`${what} failed: ${program.lastLog()}`);
  }

  async #startPods(role) {
    for (const host of this.of(role)) {
      for (const container of host.initContainers) await this.#runToEnd(`${container.name} of ${host.name}`, this.startProgram(host, container));
      host.program = this.startProgram(host);
    }
  }

  async startAll() {
    this.startOthers();
    this.makeSecrets();
    this.startPostgres();
    await this.#runToEnd('Job roles', this.startProgram(this.one('roles')));
    for (const role of ['transaction-service', 'edge']) await this.#startPods(role);
    for (const host of this.of('transaction-service')) await this.waitUntilReady(host, 9101);
    await this.#runToEnd('Job accounts', this.startProgram(this.one('accounts')));
    for (const host of this.of('edge')) await this.waitUntilReady(host, 9102);
    await this.#makeUser();
  }

  /** As somebody does who has the rights to forward a port: through the node. */
  async #makeUser() {
    const client = new LedgerClient(`${this.one('transaction-service').address}:50051`);
    const password = readFileSync(this.adminPasswordFile, 'utf8').trim();
    const { accessToken } = await client.call('issueToken', { username: 'admin', password });
    await client.call('createAccount', { account: { name: 'user1', displayName: 'user1', currency: 'PTS' } }, { token: accessToken });
    client.close();
  }

  get adminPasswordFile() {
    return join(this.secrets, 'accounts/admin');
  }
}

function postgresFolder() {
  const root = '/usr/lib/postgresql';
  const folders = [execFileSync('pg_config', ['--bindir'], { encoding: 'utf8' }).trim(), ...(existsSync(root) ? readdirSync(root).map((version) => join(root, version, 'bin')) : [])];
  const found = folders.find((folder) => existsSync(join(folder, 'initdb')));
  if (found === undefined) throw new Error('PostgreSQL is missing: there is no initdb');
  return found;
}
