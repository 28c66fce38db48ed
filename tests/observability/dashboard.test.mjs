// The dashboard as Grafana loads it, from a file or a ConfigMap, and as somebody reads it who is woken up by it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDashboard, readDashboardProvider, readDatasource, readKustomization, readPrometheusConfig } from './files.mjs';
import { queriesOf, withVariables } from './queries.mjs';

const GRID_WIDTH = 24;
const DESCRIPTION_LENGTH_MIN = 30;
// Kinds of panel that come with Grafana.
const KINDS = ['row', 'stat', 'timeseries', 'state-timeline', 'table'];
const DATASOURCE = { type: 'prometheus', uid: '${datasource}' };
// What is looked at first, second and so on.
const ROWS = ['Is it well?', 'Posting', 'Log and tail', 'PostgreSQL', 'Fan-out', 'HTTP', 'Refused and closed', 'Upstream of the edges', 'Processes'];

const dashboard = readDashboard();
const { panels } = dashboard;
const drawn = panels.filter(({ type }) => type !== 'row');

test('it can be loaded from a file: it has a name of its own and asks nothing', () => {
  assert.equal(dashboard.uid, 'ledgercast');
  assert.ok(!('__inputs' in dashboard) && !('__requires' in dashboard) && !('id' in dashboard));
  assert.ok(dashboard.schemaVersion >= 39);
  assert.deepEqual(dashboard.templating.list.map(({ name }) => name), ['datasource', 'namespace', 'job', 'instance']);
});

test('its rows come in the order in which one looks', () => {
  assert.deepEqual(panels.filter(({ type }) => type === 'row').map(({ title }) => title), ROWS);
});

test('each panel has a kind that Grafana brings, a number and a title of its own', () => {
  for (const { type, title } of panels) assert.ok(KINDS.includes(type), title);
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  assert.equal(new Set(panels.map(({ type, title }) => `${type} ${title}`)).size, panels.length);
});

test('no two panels lie on one another, and none is wider than the page', () => {
  const taken = new Map();
  for (const { title, gridPos } of panels) {
    assert.ok(gridPos.x + gridPos.w <= GRID_WIDTH, title);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        assert.ok(!taken.has(`${x} ${y}`), `${title} lies on ${taken.get(`${x} ${y}`)}`);
        taken.set(`${x} ${y}`, title);
      }
    }
  }
});

test('each panel says what it shows and in which unit, and names its lines', () => {
  for (const { title, type, description, fieldConfig, targets } of drawn) {
    assert.ok(description?.length > DESCRIPTION_LENGTH_MIN, `${title} is not described`);
    assert.ok(fieldConfig.defaults.unit, `${title} has no unit`);
    assert.ok(targets.length > 0 && (type === 'table' || targets.every(({ legendFormat }) => legendFormat)), `${title} has nameless lines`);
  }
});

test('every panel and query asks the data source that is chosen', () => {
  for (const { title, datasource, targets } of drawn) {
    assert.deepEqual(datasource, DATASOURCE, title);
    for (const target of targets) assert.deepEqual(target.datasource, DATASOURCE, title);
  }
});

test('every query keeps to what is chosen', () => {
  for (const { where, expr } of queriesOf(dashboard)) {
    for (const variable of ['namespace', 'job', 'instance']) assert.ok(expr.includes(`${variable}=~"$${variable}"`), `${where} does not heed ${variable}`);
    assert.doesNotMatch(withVariables(expr, []), /\$/, `${where} has a variable that nobody sets`);
  }
});

test('Grafana of the Compose file finds its data source, and the dashboard where it is mounted', () => {
  const datasource = readDatasource();
  assert.equal(datasource.type, DATASOURCE.type);
  assert.equal(datasource.jsonData.timeInterval, readPrometheusConfig().global.scrape_interval);
  assert.equal(readDashboardProvider().options.path, '/var/lib/grafana/dashboards');
});

test('Grafana of a cluster finds it by its label, under a name that stays', () => {
  const { files, options } = readKustomization().configMapGenerator.find(({ name }) => name === 'ledgercast-dashboard');
  assert.deepEqual(files, ['ledgercast.json=dashboard.json']);
  assert.equal(options.labels.grafana_dashboard, '1');
  assert.equal(options.disableNameSuffixHash, true);
});
