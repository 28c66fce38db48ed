// Runs an API server of Kubernetes with its own etcd, on loopback, and kubectl as its admin.

import { execFile, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { Authority } from '../../e2e/certificates.mjs';
import { freePort } from '../../e2e/processes.mjs';
import { waitUntil } from '../../e2e/waiting.mjs';
import { kubectl } from '../kubectl.mjs';

const READY_TIMEOUT_MS = 120_000;
const KUBECTL_TIMEOUT_MS = 60_000;
const OUTPUT_BYTES_MAX = 32 << 20;
const ADMIN_TOKEN = 'admin-of-this-test';

export class Cluster {
  static async start() {
    const cluster = new Cluster();
    try {
      await cluster.#start();
    } catch (error) {
      await cluster.stop();
      throw new Error(`${error.message}\n${cluster.log?.slice(-3000) ?? ''}`);
    }
    return cluster;
  }

  #processes = [];

  async #start() {
    this.folder = mkdtempSync(join(tmpdir(), 'ledgercast-apiserver-'));
    this.command = await kubectl();
    this.authority = new Authority(this.folder, 'ca');
    const client = `http://127.0.0.1:${await freePort()}`;
    const peer = `http://127.0.0.1:${await freePort()}`;
    this.#run('etcd', process.env.LEDGERCAST_ETCD, [
      '--data-dir', join(this.folder, 'etcd'), '--listen-client-urls', client, '--advertise-client-urls', client,
      '--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`,
    ]);
    this.port = await freePort();
    this.#run('apiserver', process.env.LEDGERCAST_KUBE_APISERVER, this.#flags(client));
    this.#writeConfig();
    await waitUntil('the API server', () => this.isReady(), READY_TIMEOUT_MS);
  }

  #flags(etcd) {
    const { certFile, keyFile } = this.authority.issue('apiserver');
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048, privateKeyEncoding: { type: 'pkcs8', format: 'pem' }, publicKeyEncoding: { type: 'spki', format: 'pem' } });
    const write = (name, text) => { writeFileSync(join(this.folder, name), text, { mode: 0o600 }); return join(this.folder, name); };
    return [
      `--etcd-servers=${etcd}`, '--bind-address=127.0.0.1', `--secure-port=${this.port}`,
      `--tls-cert-file=${certFile}`, `--tls-private-key-file=${keyFile}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${write('accounts.pub', publicKey)}`, `--service-account-signing-key-file=${write('accounts.key', privateKey)}`,
      `--token-auth-file=${write('tokens.csv', `${ADMIN_TOKEN},admin,1,system:masters\n`)}`,
      '--authorization-mode=RBAC', '--service-cluster-ip-range=10.96.0.0/16', '--endpoint-reconciler-type=none',
    ];
  }

  #run(name, command, args) {
    const log = openSync(join(this.folder, `${name}.log`), 'w');
    const child = spawn(command, args, { stdio: ['ignore', log, log] });
    this.#processes.push(child);
    // Ends the process with the test, however that ends.
    process.on('exit', () => child.kill('SIGKILL'));
  }

  #writeConfig() {
    writeFileSync(join(this.folder, 'config'), JSON.stringify({
      apiVersion: 'v1', kind: 'Config', 'current-context': 'test',
      clusters: [{ name: 'test', cluster: { server: `https://127.0.0.1:${this.port}`, 'certificate-authority': this.authority.certFile } }],
      users: [{ name: 'admin', user: { token: ADMIN_TOKEN } }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    }));
  }

  get log() {
    return readFileSync(join(this.folder, 'apiserver.log'), 'utf8');
  }

  async isReady() {
    if (this.#processes.some(({ exitCode }) => exitCode !== null)) throw new Error('etcd or the API server has ended');
    return (await this.kubectl(['get', '--raw', '/readyz'])).code === 0;
  }

  /** Runs kubectl to its end and returns { code, stdout, stderr }. `input` is an object for its standard input. */
  kubectl(args, input) {
    return new Promise((resolve) => {
      const child = execFile(this.command, [`--kubeconfig=${join(this.folder, 'config')}`, ...args], { maxBuffer: OUTPUT_BYTES_MAX, timeout: KUBECTL_TIMEOUT_MS }, (error, stdout, stderr) => resolve({ code: error === null ? 0 : error.code ?? 1, stdout, stderr }));
      child.stdin.end(input === undefined ? '' : JSON.stringify(input));
    });
  }

  async stop() {
    for (const child of this.#processes.reverse()) {
      if (child.exitCode !== null || child.pid === undefined) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    if (this.folder) rmSync(this.folder, { recursive: true, force: true });
  }
}
