// A real Prometheus, with the configuration of the Compose file; only where it finds the programs differs.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { freePort } from '../e2e/processes.mjs';
import { waitUntil } from '../e2e/waiting.mjs';

const INTERVAL = '1s';
const READY_TIMEOUT_MS = 30_000;

const run = promisify(execFile);

/** Answers what promtool printed; throws with that if it finds fault. */
export async function promtool(...args) {
  try {
    const { stdout } = await run('promtool', args);
    return stdout;
  } catch (error) {
    throw new Error(`promtool ${args.join(' ')}:\n${error.stdout}${error.stderr}`);
  }
}

export class Prometheus {
  /** `targets`: addresses by job. */
  constructor(folder, { config, groups, targets }) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'rules.yml'), stringify({ groups: groups.map((group) => ({ ...group, interval: INTERVAL })) }));
    const scrapes = config.scrape_configs.map(({ dns_sd_configs: _, ...scrape }) => ({
      ...scrape,
      static_configs: [{ targets: targets[scrape.job_name] }],
    }));
    writeFileSync(
      join(folder, 'prometheus.yml'),
      stringify({ ...config, global: { scrape_interval: INTERVAL, evaluation_interval: INTERVAL }, rule_files: ['rules.yml'], scrape_configs: scrapes }),
    );
  }

  async start() {
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}`;
    const log = openSync(join(this.folder, 'prometheus.log'), 'a');
    // Ends with this process even if that is killed.
    const flags = [`--config.file=${this.folder}/prometheus.yml`, `--storage.tsdb.path=${this.folder}/data`, `--web.listen-address=127.0.0.1:${port}`];
    this.child = spawn('setpriv', ['--pdeathsig', 'KILL', 'prometheus', ...flags], { stdio: ['ignore', log, log] });
    closeSync(log);
    this.ended = once(this.child, 'exit');
    await waitUntil('Prometheus to be ready', () => this.#isReady(), READY_TIMEOUT_MS);
  }

  async #isReady() {
    if (this.child.exitCode !== null) throw new Error(`Prometheus ended:\n${readFileSync(join(this.folder, 'prometheus.log'), 'utf8')}`);
    return fetch(`${this.url}/-/ready`).then(({ ok }) => ok, () => false);
  }

  async #ask(path, parameters = {}) {
    const response = await fetch(`${this.url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
    const { status, data, error } = await response.json();
    if (status !== 'success') throw new Error(`${path} ${JSON.stringify(parameters)}: ${error}`);
    return data;
  }

  /** The series that `expr` answers now: `[{ metric, value }]`. */
  async query(expr) {
    const { result, resultType } = await this.#ask('query', { query: expr });
    if (resultType !== 'vector') return [{ metric: {}, value: Number(result[1]) }];
    return result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
  }

  async labelValues(label, selector) {
    return this.#ask(`label/${label}/values`, { 'match[]': selector });
  }

  async targets() {
    return (await this.#ask('targets')).activeTargets;
  }

  async rules() {
    return (await this.#ask('rules')).groups.flatMap(({ rules }) => rules);
  }

  async stop() {
    this.child.kill('SIGTERM');
    await this.ended;
  }
}
