// The names by which the pieces find one another: jobs, ports, labels, the autoscaler's metric.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAdapterValues, readAutoscaler, readDashboard, readKustomization, readMetricsServices, readPrometheusConfig, readRuleGroups, readServiceMonitors } from './files.mjs';
import { queriesOf } from './queries.mjs';

const NAME = 'app.kubernetes.io/name';
const ADMIN_PORTS = { 'transaction-service': 9101, edge: 9102 };
const jobs = Object.keys(ADMIN_PORTS);

test('Compose’s Prometheus scrapes both admin ports, of every replica', () => {
  const { scrape_configs: scrapes } = readPrometheusConfig();
  assert.deepEqual(scrapes.map(({ job_name: job }) => job), jobs);
  for (const { job_name: job, dns_sd_configs: lookups } of scrapes) {
    const [{ names, type, port }, ...others] = lookups;
    assert.deepEqual([names, type, port, others], [[job], 'A', ADMIN_PORTS[job], []]);
  }
});

test('each metrics Service leads to an admin port of pods that need not be ready', () => {
  const services = readMetricsServices();
  assert.deepEqual(services.map(({ spec }) => spec.selector[NAME]), jobs);
  for (const { spec } of services) {
    assert.equal(spec.clusterIP, 'None');
    assert.equal(spec.publishNotReadyAddresses, true);
    assert.deepEqual(spec.ports, [{ name: 'admin', port: ADMIN_PORTS[spec.selector[NAME]], targetPort: 'admin' }]);
  }
});

test('each ServiceMonitor finds one metrics Service, and names the job as Compose does', () => {
  const services = readMetricsServices();
  for (const { spec } of readServiceMonitors()) {
    const wanted = Object.entries(spec.selector.matchLabels);
    const found = services.filter(({ metadata }) => wanted.every(([label, value]) => metadata.labels[label] === value));
    assert.equal(found.length, 1);
    const [{ metadata, spec: service }] = found;
    assert.ok(jobs.includes(metadata.labels[spec.jobLabel]));
    assert.deepEqual(spec.endpoints.map(({ port }) => port), service.ports.map(({ name }) => name));
  }
});

test('rules and dashboard know no other jobs', () => {
  const asked = [...readRuleGroups().flatMap(({ rules }) => rules), ...queriesOf(readDashboard())].map(({ expr }) => expr);
  const named = asked.flatMap((expr) => [...expr.matchAll(/\bjob="([^"]*)"/g)].map(([, job]) => job));
  assert.deepEqual([...new Set(named)].sort(), [...jobs].sort());
});

test('the autoscaler asks for what the adapter gives', () => {
  const [rule] = readAdapterValues().rules.custom;
  const [{ pods }] = readAutoscaler().spec.metrics;
  assert.equal(pods.metric.name, rule.name.as);
  assert.match(rule.seriesQuery, new RegExp(`${rule.name.matches.replace(/[$^]/g, '')}\\{`));
  assert.deepEqual(Object.keys(rule.resources.overrides), ['namespace', 'pod']);
});

test('of the pods that the autoscaler aims at, two hold the sockets of one more', () => {
  const [{ pods }] = readAutoscaler().spec.metrics;
  const { literals } = readKustomization().configMapGenerator.find(({ name }) => name === 'edge');
  const [, most] = literals.map((literal) => literal.split('=')).find(([name]) => name === 'LEDGERCAST_MAX_SOCKETS');
  assert.ok(1.5 * pods.target.averageValue <= most);
});

test('the autoscaler takes away one pod a minute at most, and adds several', () => {
  const { minReplicas, behavior } = readAutoscaler().spec;
  assert.ok(minReplicas >= 3);
  assert.deepEqual(behavior.scaleDown.policies, [{ type: 'Pods', value: 1, periodSeconds: 60 }]);
  assert.ok(behavior.scaleDown.stabilizationWindowSeconds >= 600);
  assert.equal(behavior.scaleUp.stabilizationWindowSeconds, 0);
});
