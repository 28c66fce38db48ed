// The alerts, by Prometheus' own tool: each is silent where it must be and comes where it must.

import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parse, stringify } from 'yaml';
import { alertTestsFolder, prometheusConfigFile, readRuleGroups } from './files.mjs';
import { promtool } from './prometheus.mjs';

const DESCRIPTION_LENGTH_MIN = 100;

const groups = readRuleGroups();
const alerts = groups.flatMap(({ rules }) => rules).filter(({ alert }) => alert);
const testFiles = readdirSync(alertTestsFolder);

let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'ledgercast-rules-'));
});
after(() => rmSync(folder, { recursive: true }));

/** As it is in a file of Prometheus' own; the tests name of the annotations the summary only. */
function writeRules(of = groups, name = 'rules.yml') {
  const short = (rule) => (rule.alert ? { ...rule, annotations: { summary: rule.annotations.summary } } : rule);
  const file = join(folder, name);
  writeFileSync(file, stringify({ groups: of.map((group) => ({ ...group, rules: group.rules.map(short) })) }));
  return file;
}

async function testAlerts(of = groups) {
  writeRules(of);
  const copies = testFiles.map((name) => {
    copyFileSync(join(alertTestsFolder, name), join(folder, name));
    return join(folder, name);
  });
  await promtool('test', 'rules', ...copies);
}

test('promtool takes the configuration of the Compose file and the rules', async () => {
  await promtool('check', 'config', prometheusConfigFile);
  const file = join(folder, 'whole.yml');
  writeFileSync(file, stringify({ groups }));
  assert.match(await promtool('check', 'rules', '--lint-fatal', file), /SUCCESS: \d+ rules found/);
});

test('each alert says how bad it is, what it is and what to do', () => {
  for (const { alert, labels, annotations } of alerts) {
    assert.match(alert, /^Ledgercast[A-Z]/);
    assert.ok(['critical', 'warning'].includes(labels.severity), alert);
    assert.ok(annotations.summary, alert);
    assert.ok(annotations.description?.length > DESCRIPTION_LENGTH_MIN, `${alert} does not say what to do`);
  }
});

test('each alert waits a while, except those about what is over at once', () => {
  const without = alerts.filter((alert) => !alert.for).map(({ alert }) => alert);
  assert.deepEqual(without, ['LedgercastAnotherHistory', 'LedgercastRestarts']);
});

test('each alert comes and is silent as its tests say', () => testAlerts());

test('there are tests of both for every alert', () => {
  const cases = testFiles.flatMap((name) => parse(readFileSync(join(alertTestsFolder, name), 'utf8')).tests).flatMap((each) => each.alert_rule_test);
  for (const { alert } of alerts) {
    const mine = cases.filter(({ alertname }) => alertname === alert);
    assert.ok(mine.some(({ exp_alerts: expected = [] }) => expected.length > 0), `no test in which ${alert} comes`);
    assert.ok(mine.some(({ exp_alerts: expected = [] }) => expected.length === 0), `no test in which ${alert} is silent`);
  }
});

/** The alerts that the tests say are wrong when every alert's condition is `expr`. */
async function alertsFoundWrong(expr) {
  const broken = groups.map((group) => ({ ...group, rules: group.rules.map((rule) => (rule.alert ? { ...rule, expr, for: '0s' } : rule)) }));
  const { message } = await testAlerts(broken).then(() => assert.fail('nothing was wrong'), (error) => error);
  return new Set([...message.matchAll(/alertname: ?(\w+)/g)].map(([, name]) => name));
}

test('the tests notice each alert that never comes, and each that always does', async () => {
  const names = alerts.map(({ alert }) => alert).sort();
  assert.deepEqual([...(await alertsFoundWrong('vector(1) < 1'))].sort(), names);
  assert.deepEqual([...(await alertsFoundWrong('vector(1)'))].sort(), names);
});
