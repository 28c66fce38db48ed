// Replicas of one program, and how Kubernetes replaces them with `maxSurge: 1` and `maxUnavailable: 0`:
// a new one first; when that is available, SIGTERM to an old one, whose endpoint goes a little later.

import { setTimeout as pause } from 'node:timers/promises';
import { within } from '../e2e/waiting.mjs';

export class Deployment {
  /**
   * `make()` starts a replica. `endpoints` is who sends there: `add(replica)` once it is ready, `remove(replica)`
   * after `lagMs` of its end, `free(replica)` when it has ended. `minReadyMs`: how long a new one has to be ready
   * to be available. `late(replica)` happens in the lag.
   */
  constructor({ name, make, endpoints, lagMs, minReadyMs, graceMs, signal, onStep, late = async () => {} }) {
    Object.assign(this, { name, make, endpoints, lagMs, minReadyMs, graceMs, signal, onStep, late });
    this.replicas = [];
    /** One entry for each replica that was replaced: when, how it ended, how long it took. */
    this.ends = [];
  }

  async start(count) {
    while (this.replicas.length < count) await this.#surge();
  }

  async #surge() {
    const replica = await this.make();
    await replica.waitUntilReady();
    await this.endpoints.add(replica);
    this.replicas.push(replica);
    return replica;
  }

  async rollOut() {
    const ending = [];
    for (const old of [...this.replicas]) {
      const surge = await this.#surge();
      this.onStep(`${surge.label} is ready`);
      // Available is who was ready for this long.
      await pause(this.minReadyMs);
      ending.push(this.#end(old));
    }
    await Promise.all(ending);
  }

  async #end(replica) {
    this.replicas.splice(this.replicas.indexOf(replica), 1);
    const at = Date.now();
    const end = { label: replica.label, at };
    this.ends.push(end);
    this.onStep(`${replica.label} gets ${this.signal}`);
    replica.child.kill(this.signal);
    const removed = this.#remove(replica);
    const [code, signal] = await within(`${replica.label} to end`, replica.ended, this.graceMs).catch((error) => {
      replica.child.kill('SIGKILL');
      return [undefined, error.message];
    });
    Object.assign(end, { code, signal, endedAt: Date.now(), tookMs: Date.now() - at });
    this.onStep(`${replica.label} ended with ${signal ?? code} after ${((end.endedAt - at) / 1000).toFixed(1)} s`);
    await removed;
    await this.endpoints.free(replica);
  }

  async #remove(replica) {
    const late = this.late(replica);
    await pause(this.lagMs);
    await this.endpoints.remove(replica);
    await late;
  }
}
