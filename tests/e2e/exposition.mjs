// Reads what the programs tell Prometheus. promtool checks its form and the naming conventions
// (https://prometheus.io/docs/practices/naming/). What promtool lets through is checked here.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repository } from './processes.mjs';

const HELP_CHARACTERS_MIN = 10;

const COMMENT = /^# (HELP|TYPE) (\S+) (.+)$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/y;

function parseLabels(text) {
  const labels = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text);
    assert.ok(match, `no labels: ${text}`);
    labels[match[1]] = match[2];
  }
  return labels;
}

function parseValue(text) {
  if (/^[+-]?Inf$/.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  const value = Number(text);
  assert.ok(text === 'NaN' || Number.isFinite(value), `no number: ${text}`);
  return value;
}

async function fetchMetrics(program) {
  const response = await fetch(`http://127.0.0.1:${program.adminPort}/metrics`);
  assert.match(response.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
  return response.text();
}

/** Returns the metrics of `program`, parsed. */
export async function readMetrics(program) {
  return parseExposition(await fetchMetrics(program));
}

/** Returns the value of a family that has only one sample. */
export async function gaugeOf(program, name) {
  const { samples } = (await readMetrics(program)).get(name);
  assert.equal(samples.length, 1);
  return samples[0].value;
}

/** Returns the families by name: `{ name, type, help, samples: [{ name, labels, value }] }`. */
function parseExposition(text) {
  const families = new Map();
  let current;
  for (const line of text.trimEnd().split('\n')) {
    const [, kind, family, rest] = COMMENT.exec(line) ?? [];
    if (kind) {
      if (current?.name !== family) families.set(family, (current = { name: family, samples: [] }));
      current[kind.toLowerCase()] = rest;
      continue;
    }
    const sample = SAMPLE.exec(line);
    assert.ok(sample, `neither a comment nor a sample: ${line}`);
    const [, name, labels = '', value] = sample;
    const base = current?.type === 'histogram' ? name.replace(/_(bucket|sum|count)$/, '') : name;
    assert.equal(base, current?.name, `${name} is among the samples of ${current?.name}`);
    current.samples.push({ name, labels: parseLabels(labels), value: parseValue(value) });
  }
  return families;
}

function checkHistogram({ name, samples }) {
  const series = new Map();
  for (const { name: sample, labels, value } of samples) {
    const { le, ...rest } = labels;
    const key = JSON.stringify(rest);
    if (!series.has(key)) series.set(key, { buckets: [] });
    if (sample.endsWith('_bucket')) series.get(key).buckets.push([parseValue(le), value]);
    else series.get(key)[sample.slice(name.length + 1)] = value;
  }
  for (const [key, { buckets, sum, count }] of series) {
    assert.ok(sum >= 0 && count >= 0, `${name} ${key} lacks its sum or count`);
    assert.deepEqual(buckets.at(-1), [Infinity, count], `${name} ${key} does not end with all of it`);
    for (let i = 1; i < buckets.length; i += 1) {
      assert.ok(buckets[i][0] > buckets[i - 1][0] && buckets[i][1] >= buckets[i - 1][1], `${name} ${key} does not grow`);
    }
  }
}

/** Throws what promtool says about the metrics, if it finds fault. */
async function checkByPromtool(text) {
  const { stdout } = await promisify(execFile)(join(repository, 'services/dev/promtool.sh'));
  const child = spawn(stdout.trim(), ['check', 'metrics'], { stdio: ['pipe', 'pipe', 'pipe'] });
  let found = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (piece) => (found += piece));
  child.stdin.on('error', () => {}).end(text);
  const [code] = await once(child, 'close');
  assert.deepEqual([found, code], ['', 0]);
}

function checkFamily(family) {
  const { name, type, help, samples } = family;
  assert.ok(help.length > HELP_CHARACTERS_MIN, `${name} does not say what it is`);
  assert.ok(['counter', 'gauge', 'histogram'].includes(type), `${name} is a ${type}`);
  assert.ok(samples.length > 0, `${name} has no sample`);
  assert.match(name, /^(ledgercast|process)_[a-z_]+$/);
  assert.doesNotMatch(name, /_percent(_|$)/, `${name} is no ratio`);
  const series = samples.map((sample) => `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`);
  assert.equal(new Set(series).size, series.length, `${name} has a sample twice`);
  if (type === 'histogram') checkHistogram(family);
  if (type === 'counter') assert.ok(samples.every(({ value }) => value >= 0), `${name} is negative`);
}

/** Throws at the first thing in `text` that Prometheus, or a reader of the names, would not understand. */
export async function checkExposition(text) {
  await checkByPromtool(text);
  for (const family of parseExposition(text).values()) checkFamily(family);
}

/** Checks what `program` tells, and returns it parsed. */
export async function checkMetrics(program) {
  const text = await fetchMetrics(program);
  await checkExposition(text);
  return parseExposition(text);
}
