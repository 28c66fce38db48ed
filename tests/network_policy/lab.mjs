// Hosts on one machine: each a network namespace of its own with one cable to the node, which is this
// process's network namespace and forwards between them. Everything ends with this process. Run below `unshare -Urnm`.

import { execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from '../e2e/waiting.mjs';

const START_TIMEOUT_MS = 10_000;
const LOG_BYTES_SHOWN = 2_000;

export class Lab {
  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), 'ledgercast-network-'));
    this.hosts = [];
    this.programs = [];
    writeFileSync('/proc/sys/net/ipv4/ip_forward', '1');
    execFileSync('ip', ['link', 'set', 'lo', 'up']);
  }

  /** A host `network`.2 on a network of its own, for example 10.244.3, whose node is `network`.1. */
  async addHost(name, network) {
    const host = new Host(this, name, `${network}.2`);
    await host.start(`cable${this.hosts.length}`, `${network}.1`);
    this.hosts.push(host);
    return host;
  }

  /** Applies nftables rules to all forwarding, from now on. */
  setRules(text) {
    execFileSync('nft', ['-f', '-'], { input: text });
  }

  async stop() {
    for (const program of this.programs) program.child.kill('SIGKILL');
    for (const host of this.hosts) host.holder.kill('SIGKILL');
    rmSync(this.folder, { recursive: true });
  }
}

class Host {
  constructor(lab, name, address) {
    Object.assign(this, { lab, name, address });
  }

  async start(cable, node) {
    // It stays for as long as somebody is in its namespaces.
    this.holder = spawn('setpriv', ['--pdeathsig', 'KILL', 'unshare', '--net', '--mount', 'sleep', 'infinity'], { stdio: 'ignore' });
    const namespaceOf = (pid) => readlinkSync(`/proc/${pid}/ns/mnt`);
    const isApart = () => {
      try {
        return namespaceOf(this.holder.pid) !== namespaceOf('self') && readFileSync(`/proc/${this.holder.pid}/comm`, 'utf8') === 'sleep\n';
      } catch {
        return false;
      }
    };
    await waitUntil(`${this.name} to be a host of its own`, isApart, START_TIMEOUT_MS);
    execFileSync('ip', ['link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(this.holder.pid)]);
    execFileSync('ip', ['-batch', '-'], { input: `address add ${node}/30 dev ${cable}\nlink set ${cable} up\n` });
    this.run('ip', ['-batch', '-'], { input: `link set lo up\naddress add ${this.address}/30 dev eth0\nlink set eth0 up\nroute add default via ${node}\n` });
  }

  #enter(command, args) {
    return ['--target', String(this.holder.pid), '--net', '--mount', '--', command, ...args];
  }

  /** Runs a command there to its end and answers what it printed. */
  run(command, args, options = {}) {
    return execFileSync('nsenter', this.#enter(command, args), { encoding: 'utf8', stdio: ['pipe', 'pipe', 'inherit'], ...options });
  }

  /** A program there, whose output goes to a file. Ends with this process. */
  spawn(command, args, env = {}) {
    const logFile = join(this.lab.folder, `${this.name}.log`);
    const log = openSync(logFile, 'a');
    const child = spawn('nsenter', this.#enter('setpriv', ['--pdeathsig', 'KILL', command, ...args]), { stdio: ['ignore', log, log], env: { PATH: process.env.PATH, ...env } });
    closeSync(log);
    const program = { child, lastLog: () => readFileSync(logFile, 'utf8').slice(-LOG_BYTES_SHOWN) };
    this.lab.programs.push(program);
    return program;
  }

  /** Asks that server for names, and for those without a dot in the namespace's own domain, as Kubernetes sets it up. */
  resolveBy(server, namespace) {
    const file = join(this.lab.folder, `${this.name}.resolv`);
    writeFileSync(file, `nameserver ${server}\nsearch ${namespace}.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n`);
    this.run('mount', ['--bind', file, realpathSync('/etc/resolv.conf')]);
  }
}
