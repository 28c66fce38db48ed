// Tests the profile observability: Grafana has the dashboard, and shows it to everyone who reaches its port.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { repository } from '../e2e/processes.mjs';
import { waitUntil } from '../e2e/waiting.mjs';
import { Project } from './project.mjs';

const PROVISIONED_MS_MAX = 60_000;

const { title } = JSON.parse(readFileSync(join(repository, 'k8s/components/prometheus/dashboard.json'), 'utf8'));

let project;
before(async () => {
  project = await Project.make();
  await project.up({ profiles: ['observability'] });
});

const read = async (path) => (await fetch(new URL(path, project.grafanaUrl))).json();

test('the dashboard is there, without a sign-in', async () => {
  const isThere = async () => (await read('/api/search?type=dash-db')).some((found) => found.title === title);
  await waitUntil(`the dashboard ${title}`, isThere, PROVISIONED_MS_MAX);
});
