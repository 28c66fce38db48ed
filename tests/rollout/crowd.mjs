// All followers, spread over worker processes.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { LatencyBuckets } from './latency_buckets.mjs';

const workerFile = fileURLToPath(new URL('crowd_worker.mjs', import.meta.url));

export class Crowd {
  constructor(workers) {
    this.workers = Array.from({ length: workers }, () => fork(workerFile));
  }

  /** Tells all workers to do `action`; `dataOf` answers the data for each. */
  #tell(action, dataOf) {
    return Promise.all(this.workers.map((worker, index) => new Promise((resolve, reject) => {
      const settle = (what, value) => {
        worker.off('message', onMessage).off('exit', onExit);
        what(value);
      };
      const onMessage = ({ done, failed, message, data }) => {
        if (done === action) settle(resolve, data);
        if (failed === action) settle(reject, new Error(message));
      };
      const onExit = (code) => settle(reject, new Error(`a worker of the crowd ended with ${code}`));
      worker.on('message', onMessage).on('exit', onExit);
      worker.send({ action, data: dataOf(index) });
    })));
  }

  /** Until all of `people` ({ name, subject, isAdmin, token }) follow the log. */
  open(edge, people) {
    return this.#tell('open', (index) => ({ edge, people: people.filter((_, at) => at % this.workers.length === index) }));
  }

  phase(name) {
    return this.#tell('phase', () => name);
  }

  /** How many have lost their connection and are not back. */
  async countAway() {
    const counts = await this.#tell('countAway', () => undefined);
    return counts.reduce((sum, count) => sum + count, 0);
  }

  /** Waits until all have everything up to `sequence`, and answers what they have: { followers, latencies }. */
  async finish(sequence) {
    const parts = await this.#tell('finish', () => ({ sequence }));
    const latencies = parts.reduce((all, part) => all.merge({ counts: part.latencies }), new LatencyBuckets());
    return { followers: parts.flatMap(({ followers }) => followers), latencies };
  }

  end() {
    for (const worker of this.workers) worker.kill('SIGKILL');
  }
}
