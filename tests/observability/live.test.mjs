// The dashboard's queries and the rules against a real Prometheus that scrapes real programs at work, as the
// Compose file has it.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { readMetrics } from '../e2e/exposition.mjs';
import { Stack } from '../e2e/stack.mjs';
import { waitUntil } from '../e2e/waiting.mjs';
import { readAdapterValues, readDashboard, readPrometheusConfig, readRuleGroups } from './files.mjs';
import { Prometheus } from './prometheus.mjs';
import { metricsIn, queriesOf, unknownMetrics, unusedMetrics, variablesOf, withVariables } from './queries.mjs';
import { Traffic } from './traffic.mjs';

const DATA_TIMEOUT_MS = 60_000;
const ALERT_TIMEOUT_MS = 60_000;
// Long enough that no alert is of it.
const CERTIFICATE_DAYS = 90;

// Exported, and on no panel: why.
const LEFT_OUT = new Map([]);
// Label of Kubernetes, which there is none of here.
const NOT_IN_COMPOSE = new Set(['namespace']);

const dashboard = readDashboard();
const groups = readRuleGroups();
const rules = groups.flatMap((group) => group.rules);
const recorded = new Set(rules.flatMap(({ record }) => record ?? []));
const config = readPrometheusConfig();
const jobs = config.scrape_configs.map(({ job_name: name }) => name);

let stack;
let traffic;
let prometheus;
let families;

/** The flags of a service that speaks TLS with those who have its own certificate. */
function tlsFlags(folder) {
  const certFile = join(folder, 'tls.pem');
  const keyFile = join(folder, 'tls.key');
  const key = ['-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-keyout', keyFile];
  execFileSync('openssl', ['req', '-x509', '-days', String(CERTIFICATE_DAYS), ...key, '-subj', '/CN=localhost', '-out', certFile], { stdio: 'pipe' });
  return ['--tls-cert-file', certFile, '--tls-key-file', keyFile, '--tls-client-ca-file', certFile];
}

before(async () => {
  stack = await Stack.startWithAccounts(['ann']);
  // Nobody calls it: the edge watches the first one.
  const second = await stack.addService(tlsFlags(stack.folder));
  await second.waitUntilReady();
  traffic = new Traffic(stack);
  await traffic.start();
  const addresses = (programs) => programs.map(({ adminPort }) => `127.0.0.1:${adminPort}`);
  prometheus = new Prometheus(join(stack.folder, 'prometheus'), {
    config,
    groups,
    targets: { 'transaction-service': addresses(stack.services), edge: addresses(stack.edges) },
  });
  await prometheus.start();
  const exported = await Promise.all([...stack.services, ...stack.edges].map(readMetrics));
  families = new Set(exported.flatMap((one) => [...one.keys()]));
});

after(async () => {
  await traffic?.stop();
  await prometheus?.stop();
  await stack?.stop();
});

const isAnswer = (series) => series.some(({ value }) => Number.isFinite(value));

/** Waits until each of `queries` has an answer that is a number. */
async function waitForAnswers(queries) {
  let missing = queries;
  await waitUntil(
    `all of ${queries.length} queries to answer`,
    async () => {
      const answers = await Promise.all(missing.map(({ expr }) => prometheus.query(expr)));
      missing = missing.filter((_, index) => !isAnswer(answers[index]));
      return missing.length === 0;
    },
    DATA_TIMEOUT_MS,
  ).catch((error) => assert.fail(`${error.message}; without: ${missing.map(({ where, expr }) => `${where}: ${expr}`).join('\n')}`));
}

/** What alerts there are, by name and state. */
async function alertsIn(...states) {
  const found = (await prometheus.rules()).filter(({ type, state }) => type === 'alerting' && states.includes(state));
  return found.map(({ name }) => name);
}

test('every replica is scraped', async () => {
  const targets = await waitUntil('all targets to be up', async () => {
    const found = await prometheus.targets();
    return found.length === 3 && found.every(({ health }) => health === 'up') && found;
  }, DATA_TIMEOUT_MS);
  assert.deepEqual([...new Set(targets.map(({ labels }) => labels.job))].sort(), ['edge', 'transaction-service']);
});

test('every query of every panel answers with numbers', async () => {
  await waitForAnswers(queriesOf(dashboard).map(({ where, expr }) => ({ where, expr: withVariables(expr, jobs) })));
});

test('the dashboard’s variables find what there is to choose from', async () => {
  for (const { where, metric, matchers, label, isShownAsAsked } of variablesOf(dashboard)) {
    assert.ok(metric && isShownAsAsked, where);
    const values = await prometheus.labelValues(label, `${metric}{${withVariables(matchers, jobs)}}`);
    assert.equal(values.length > 0, !NOT_IN_COMPOSE.has(label), `${where}: ${values}`);
  }
});

test('no query names a metric that the programs do not export', () => {
  assert.deepEqual(unknownMetrics(queriesOf(dashboard), families), []);
  const asked = rules.map(({ alert, record, expr }) => ({ where: alert ?? record, expr }));
  assert.deepEqual(unknownMetrics(asked, families, recorded), []);
});

test('every exported metric is on the dashboard, or left out for a reason', () => {
  assert.deepEqual(unusedMetrics(queriesOf(dashboard), families), [...LEFT_OUT.keys()]);
});

test('a dashboard with a misspelt metric, or that lost one, is found out', () => {
  const broken = JSON.parse(JSON.stringify(dashboard).replaceAll('ledgercast_tail_lag_seconds', 'ledgercast_tail_lag_second'));
  assert.notDeepEqual(unknownMetrics(queriesOf(broken), families), []);
  assert.deepEqual(unusedMetrics(queriesOf(broken), families), ['ledgercast_tail_lag_seconds']);
});

test('every recorded number is there, and no rule fails', async () => {
  await waitForAnswers([...recorded].map((name) => ({ where: 'recorded', expr: name })));
  for (const { name, health, lastError } of await prometheus.rules()) assert.equal(health, 'ok', `${name}: ${lastError}`);
});

test('the autoscaler’s metric is a sum of what edges export', async () => {
  const [{ seriesQuery, metricsQuery }] = readAdapterValues().rules.custom;
  assert.deepEqual(metricsIn(seriesQuery, [...families]).names.filter((name) => !families.has(name)), []);
  const expr = metricsQuery.replace('<<.GroupBy>>', 'instance').replace('<<.LabelMatchers>>', 'job="edge"');
  const series = await waitUntil('the open sockets', async () => {
    const answer = await prometheus.query(expr);
    return answer[0]?.value >= 3 && answer;
  }, DATA_TIMEOUT_MS);
  assert.equal(series.length, 1);
});

test('nothing is alerted while all is well', async () => {
  await waitUntil('no alert', async () => (await alertsIn('pending', 'firing')).length === 0, ALERT_TIMEOUT_MS);
});

test('a PostgreSQL that is killed is noticed, and so is that it came back', async () => {
  await traffic.stop();
  traffic = undefined;
  await stack.postgres.kill();
  await waitUntil('the alert', async () => (await alertsIn('pending', 'firing')).includes('LedgercastPostgresUnreachable'), ALERT_TIMEOUT_MS);
  await stack.postgres.start();
  await waitUntil('no alert', async () => (await alertsIn('pending', 'firing')).length === 0, ALERT_TIMEOUT_MS);
});

test('services that stand still are noticed at the edge, and so is that they go on', async () => {
  for (const service of stack.services) service.pause();
  await waitUntil('the alert', async () => (await alertsIn('pending', 'firing')).includes('LedgercastEdgeWithoutUpstream'), ALERT_TIMEOUT_MS);
  for (const service of stack.services) service.resume();
  await waitUntil('no alert', async () => (await alertsIn('pending', 'firing')).length === 0, ALERT_TIMEOUT_MS);
});
