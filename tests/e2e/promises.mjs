// What a release promises to keep (docs/compatibility.md), read from the tree and from running programs. Each list is
// sorted lines of text, so that its difference shows what came and went.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { buf } from './buf_curl.mjs';
import { readMetrics } from './exposition.mjs';
import { binaries, repository } from './processes.mjs';

const run = promisify(execFile);

export const recorded = (name) => fileURLToPath(new URL(`promises/${name}`, import.meta.url));
export const wireFile = recorded('wire.txtpb');
export const readRecorded = (name) => readFileSync(recorded(name), 'utf8').trimEnd().split('\n');

/** Returns what the protocol's answers are made of: reasons of errors, close codes of sockets, routes of HTTP. */
export function listAnswers() {
  const find = (path, pattern) => [...readFileSync(join(repository, path), 'utf8').matchAll(pattern)].map(([, ...found]) => found.join(' '));
  return [
    ...find('services/common/base/errors.h', /^inline constexpr std::string_view k\w+ = "([A-Z_]+)";$/gm).map((reason) => `reason ${reason}`),
    ...find('edge/protocol/close_code.h', /^ {2}k\w+ = (\d{4}),$/gm).map((code) => `close ${code}`),
    ...find('edge/protocol/http_routes.h', /^ {4}HttpRoute\{"([A-Z]+)", "([^"]+)"\},$/gm).map((route) => `route ${route}`),
  ].sort();
}

/** Writes the messages and services as Protobuf's own description, without comments. */
export async function recordWire() {
  await run(buf, ['build', '--exclude-source-info', '--output', wireFile], { cwd: join(repository, 'proto') });
}

/** Returns the commands, flags and environment variables of `program`, with those of its subcommands. */
export async function listFlags(program, path = []) {
  const { stdout } = await run(join(binaries, program), [...path, '--help']);
  const command = [program, ...path].join(' ');
  const lines = [command];
  for (const [, names, rest] of stdout.matchAll(/^ {2}(-[\w,-]+)(.*)$/gm)) {
    const [, variable = '-'] = /\(Env:(\w+)\)/.exec(rest) ?? [];
    for (const name of names.split(',')) lines.push(`${command} ${name} ${variable}`);
  }
  const [, subcommands = ''] = /^Subcommands:\n((?: +.*\n)+)/m.exec(stdout) ?? [];
  for (const [, name] of subcommands.matchAll(/^ {2}([a-z][\w-]*)/gm)) lines.push(...(await listFlags(program, [...path, name])));
  return lines.sort();
}

/** Returns the metrics of `program` with their types and labels. */
export async function listMetrics(program) {
  const families = [...(await readMetrics(program)).values()];
  return families.map(({ name, type, samples }) => {
    const labels = [...new Set(samples.flatMap((sample) => Object.keys(sample.labels)))].sort();
    return `${name} ${type} ${labels.join(',') || '-'}`;
  }).sort();
}

/** Returns the fields of every frame of the socket: who sends it, the field's path and type, and whether it is always there. */
export function listFrames() {
  const document = JSON.parse(readFileSync(join(repository, 'edge/ui/public/asyncapi.json'), 'utf8'));
  const resolve = (node) => (node.$ref ? resolve(node.$ref.slice(2).split('/').reduce((each, key) => each[key], document)) : node);
  const walk = (schema, path, isRequired) => {
    const { type, properties = {}, required = [], items, const: constant, additionalProperties } = resolve(schema);
    const kind = constant === undefined ? type ?? 'any' : JSON.stringify(constant);
    const values = typeof additionalProperties === 'object' ? walk(additionalProperties, `${path}.*`, false) : [];
    return [
      `${path} ${kind} ${isRequired ? 'always' : 'sometimes'}`,
      ...Object.entries(properties).flatMap(([name, each]) => walk(each, `${path}.${name}`, required.includes(name))),
      ...(items ? walk(items, `${path}[]`, true) : []),
      ...values,
    ];
  };
  const lines = ['say', 'tell'].flatMap((operation) =>
    document.operations[operation].messages.flatMap(({ $ref }) => walk(resolve({ $ref }).payload, `${operation} ${$ref.split('/').at(-1)}`, true)));
  return lines.sort();
}

/** Returns what later messages break for programs that know only the recorded ones. */
export async function findWireBreaks(folder = join(repository, 'proto')) {
  try {
    await run(buf, ['breaking', '--against', wireFile], { cwd: folder });
    return [];
  } catch (error) {
    if (error.code !== 100) throw error;
    return error.stdout.trimEnd().split('\n');
  }
}

/** Returns the recorded lines that are gone. */
export const findGone = (before, now) => before.filter((line) => !now.includes(line));

/** Returns the recorded metrics that are gone, or have another type or fewer labels. */
export function findMetricBreaks(before, now) {
  const found = new Map(now.map((line) => line.split(' ')).map(([name, type, labels]) => [name, { type, labels: labels.split(',') }]));
  return before.filter((line) => {
    const [name, type, labels] = line.split(' ');
    const metric = found.get(name);
    return metric?.type !== type || (labels !== '-' && !labels.split(',').every((label) => metric.labels.includes(label)));
  });
}

/**
 * Returns what breaks in the socket's frames. What the edge tells must stay and stay certain. What a client says must
 * still be accepted, so the edge may not demand more of a frame that it knows.
 */
export function findFrameBreaks(before, now) {
  const split = (line) => /^((say|tell) (\w+)\S*) (.*) (always|sometimes)$/.exec(line).slice(1);
  const found = new Map(now.map(split).map(([path, , , type, need]) => [path, { type, need }]));
  const known = new Set(before.map((line) => split(line)[0]));
  const lost = before.filter((line) => {
    const [path, operation, , type, need] = split(line);
    const field = found.get(path);
    return field?.type !== type || (field.need !== need && need === (operation === 'tell' ? 'always' : 'sometimes'));
  });
  const demanded = now.filter((line) => {
    const [path, operation, frame, , need] = split(line);
    return operation === 'say' && need === 'always' && !known.has(path) && known.has(`say ${frame}`) && isCertain(path, found, known);
  });
  return [...lost, ...demanded];
}

// A part of a new, optional object is only demanded of those who send the object.
function isCertain(path, found, known) {
  const parent = path.replace(/(\.[^.]+|\[\])$/, '');
  return known.has(parent) || (found.get(parent).need === 'always' && isCertain(parent, found, known));
}
