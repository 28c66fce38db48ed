// Reads Prometheus' text format as its server does, and checks it against the naming conventions
// (https://prometheus.io/docs/practices/naming/).

import assert from 'node:assert/strict';

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\["\\n])*)"(?:,|$)/y;
// Units that are not base units.
const SCALED = /_(ms|milliseconds|microseconds|us|kb|mb|kilobytes|megabytes|minutes|hours|percent)(_|$)/;

function parseLabels(text) {
  const labels = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < text.length) {
    const match = LABEL.exec(text);
    assert.ok(match, `no labels: ${text}`);
    assert.ok(!(match[1] in labels), `${match[1]} comes twice: ${text}`);
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

/** Returns the metrics of `program`, parsed. */
export async function readMetrics(program) {
  const response = await fetch(`http://127.0.0.1:${program.adminPort}/metrics`);
  assert.match(response.headers.get('content-type'), /^text\/plain; version=0\.0\.4/);
  return parseExposition(await response.text());
}

/** Returns the value of a family that has only one sample. */
export async function gaugeOf(program, name) {
  const { samples } = (await readMetrics(program)).get(name);
  assert.equal(samples.length, 1);
  return samples[0].value;
}

/** Returns the families by name: `{ type, help, samples: [{ name, labels, value }] }`. */
function parseExposition(text) {
  assert.ok(text.endsWith('\n'), 'the last line does not end');
  const families = new Map();
  const seen = new Set();
  let current;
  for (const line of text.slice(0, -1).split('\n')) {
    const comment = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line);
    if (comment) {
      const [, kind, name, rest] = comment;
      assert.match(name, NAME);
      if (current?.name !== name) {
        assert.ok(!families.has(name), `${name} comes in two pieces`);
        current = { name, samples: [] };
        families.set(name, current);
      }
      const field = kind.toLowerCase();
      assert.ok(!(field in current), `${name} has two ${kind} lines`);
      assert.equal(current.samples.length, 0, `${kind} of ${name} comes after its samples`);
      current[field] = rest;
      continue;
    }
    const sample = SAMPLE.exec(line);
    assert.ok(sample, `neither a comment nor a sample: ${line}`);
    const [, name, labels = '', value] = sample;
    const key = `${name}{${labels}}`;
    assert.ok(!seen.has(key), `${key} comes twice`);
    seen.add(key);
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

/** Throws at the first thing that Prometheus, or a reader of the names, would not understand. */
export function checkConventions(families) {
  for (const family of families.values()) {
    const { name, type, help, samples } = family;
    assert.ok(help?.length > 10, `${name} does not say what it is`);
    assert.ok(['counter', 'gauge', 'histogram'].includes(type), `${name} is a ${type}`);
    assert.ok(samples.length > 0, `${name} has no sample`);
    assert.match(name, /^(ledgercast|process)_[a-z_]+$/, name);
    assert.equal(name.endsWith('_total'), type === 'counter', `${name} is a ${type}`);
    assert.doesNotMatch(name, SCALED, `${name} is not in a base unit`);
    if (type === 'histogram') checkHistogram(family);
    if (type === 'counter') assert.ok(samples.every(({ value }) => value >= 0), `${name} is negative`);
  }
}
