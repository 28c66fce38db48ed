// Runs docker-compose.yaml with its own project name and ports, by the commands that a user types. run.sh, which runs
// the test, takes the project down.

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { freePort, repository } from '../e2e/processes.mjs';
import { waitUntil } from '../e2e/waiting.mjs';

const UP_SECONDS_MAX = 300;
const OUTPUT_BYTES_MAX = 256 << 20;

/** Names of the programs' services in the file. */
export const PROGRAMS = ['postgres', 'transaction-service', 'edge'];

const run = promisify(execFile);

/** Returns what the command printed. Throws with its error output if it fails. */
export async function docker(...args) {
  const { stdout } = await run('docker', args, { cwd: repository, maxBuffer: OUTPUT_BYTES_MAX });
  return stdout;
}

export class Project {
  static async make() {
    const project = new Project();
    project.name = process.env.LEDGERCAST_TEST_PROJECT ?? `ledgercast-test-${process.pid}`;
    const ports = {};
    for (const name of ['HTTP', 'GRPC', 'PROMETHEUS', 'GRAFANA']) ports[`LEDGERCAST_${name}_PORT`] = String(await freePort());
    project.environment = { ...process.env, ...ports };
    project.service = { address: `127.0.0.1:${ports.LEDGERCAST_GRPC_PORT}` };
    project.edge = {
      url: `http://127.0.0.1:${ports.LEDGERCAST_HTTP_PORT}`,
      streamUrl: `ws://127.0.0.1:${ports.LEDGERCAST_HTTP_PORT}/v1/stream`,
    };
    project.prometheusUrl = `http://127.0.0.1:${ports.LEDGERCAST_PROMETHEUS_PORT}`;
    project.grafanaUrl = `http://127.0.0.1:${ports.LEDGERCAST_GRAFANA_PORT}`;
    return project;
  }

  async compose(...args) {
    const { stdout } = await run('docker', ['compose', '--project-name', this.name, ...args], {
      cwd: repository,
      env: this.environment,
      maxBuffer: OUTPUT_BYTES_MAX,
    });
    return stdout;
  }

  /** Waits until every container is healthy, or has done its one task. */
  async up({ profiles = [] } = {}) {
    const chosen = profiles.flatMap((profile) => ['--profile', profile]);
    await this.compose(...chosen, 'up', '--detach', '--wait', '--wait-timeout', String(UP_SECONDS_MAX));
  }

  /** Returns `docker inspect` of each container, by the name of its service. */
  async containers() {
    const ids = (await this.compose('--profile', '*', 'ps', '--all', '--quiet')).split('\n').filter((id) => id !== '');
    const found = ids.length === 0 ? [] : JSON.parse(await docker('inspect', ...ids));
    return new Map(found.map((container) => [container.Config.Labels['com.docker.compose.service'], container]));
  }

  async container(service) {
    return (await this.containers()).get(service);
  }

  async waitUntilHealthy(service) {
    const isHealthy = async () => (await this.container(service)).State.Health.Status === 'healthy';
    await waitUntil(`${service} to be healthy`, isHealthy, UP_SECONDS_MAX * 1000);
  }

  /** Returns the sign-ins: name → password. */
  async signIns() {
    const [, ...lines] = (await this.compose('run', '--rm', '-T', 'sign-ins')).trim().split('\n');
    return new Map(lines.map((line) => line.trim().split(/\s+/)));
  }

  /** Runs SQL, like `Postgres.query` of the end-to-end tests. */
  async query(sql) {
    const text = await this.compose(
      ...['exec', '-T', 'postgres', 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-F', '\x1f', '-R', '\x1e'],
      ...['--username', 'ledgercast', '--dbname', 'ledgercast', '-c', sql],
    );
    const rows = text.replace(/\n$/, '');
    return rows === '' ? [] : rows.split('\x1e').map((row) => row.split('\x1f'));
  }
}
