// HAProxy before the edges, a private process of the test. It has slots, which are filled and emptied
// over its runtime API, as a controller does that follows the endpoints of a Kubernetes Service; and it
// asks each edge for its readiness itself.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from '../e2e/processes.mjs';
import { waitUntil } from '../e2e/waiting.mjs';

const START_TIMEOUT_MS = 10_000;
// A stray edge is noticed by its readiness too, but later than by its endpoint.
const CHECK = 'check inter 1s fall 5 rise 1';

const configuration = ({ port, slots, balance, control, maxConnections }) => `
global
  maxconn ${maxConnections}
  stats socket ${control} mode 600 level admin
defaults
  mode http
  timeout connect 2s
  timeout http-request 10s
  timeout client 1h
  timeout server 1h
  timeout tunnel 1h
  retries 3
  option redispatch
frontend edge
  bind 127.0.0.1:${port}
  default_backend edges
backend edges
  balance ${balance}
  option httpchk GET /readyz
  default-server ${CHECK} disabled
${Array.from({ length: slots }, (_, slot) => `  server slot${slot} 127.0.0.1:1 port 1`).join('\n')}
`;

export class Balancer {
  /** `slots`: how many edges there may be at a time, those that end among them. */
  static async start(folder, { slots, balance, maxConnections }) {
    const balancer = new Balancer();
    const port = await freePort();
    balancer.control = join(folder, 'haproxy.sock');
    balancer.logFile = join(folder, 'haproxy.log');
    balancer.slots = new Array(slots).fill(undefined);
    balancer.url = `http://127.0.0.1:${port}`;
    balancer.streamUrl = `ws://127.0.0.1:${port}/v1/stream`;
    const file = join(folder, 'haproxy.cfg');
    writeFileSync(file, configuration({ port, slots, balance, maxConnections, control: balancer.control }));
    const log = openSync(balancer.logFile, 'a');
    // Ends with this process even if that is killed. -db: in the foreground.
    balancer.child = spawn('setpriv', ['--pdeathsig', 'KILL', 'haproxy', '-db', '-f', file], { stdio: ['ignore', log, log] });
    balancer.ended = once(balancer.child, 'exit');
    await waitUntil('HAProxy to answer', () => balancer.#answers(), START_TIMEOUT_MS);
    return balancer;
  }

  #answers() {
    if (this.child.exitCode !== null) throw new Error(`HAProxy ended:\n${readFileSync(this.logFile, 'utf8')}`);
    return this.run('show version').then(() => true, () => false);
  }

  /** One command of the runtime API. */
  async run(command) {
    const socket = connect(this.control);
    socket.end(`${command}\n`);
    let answer = '';
    for await (const text of socket.setEncoding('utf8')) answer += text;
    return answer.trim();
  }

  async #set(slot, what) {
    const answer = await this.run(`set server edges/slot${slot} ${what}`);
    if (/error|require|not |unknown|invalid/i.test(answer)) throw new Error(`HAProxy: set ${what}: ${answer}`);
  }

  /** From now on it gets connections. */
  async add(edge) {
    const slot = this.slots.indexOf(undefined);
    if (slot < 0) throw new Error('no slot is free');
    this.slots[slot] = edge;
    await this.#set(slot, `addr 127.0.0.1 port ${new URL(edge.url).port}`);
    await this.#set(slot, `check-port ${edge.adminPort}`);
    await this.#set(slot, 'state ready');
  }

  /** It gets no more connections and keeps those that it has. */
  remove(edge) {
    return this.#set(this.slots.indexOf(edge), 'state drain');
  }

  /** It has ended. */
  async free(edge) {
    const slot = this.slots.indexOf(edge);
    await this.#set(slot, 'state maint');
    this.slots[slot] = undefined;
  }

  async stop() {
    this.child.kill('SIGTERM');
    await this.ended;
  }
}
