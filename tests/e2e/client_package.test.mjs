// Tests the client as a package: it is packed, installed into an empty folder, and used as its README says, from
// plain Node and from TypeScript.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRequire } from 'node:module';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { readHistory } from './history.mjs';
import { repository } from './processes.mjs';
import { passwordOf, Stack } from './stack.mjs';
import { within } from './waiting.mjs';

const run = promisify(execFile);
const source = join(repository, 'edge/client');
const OUTPUT_TIMEOUT_MS = 30_000;
const GZIP_BYTES_MAX = 25_000;

let stack;
let folder;
let packed;

before(async () => {
  stack = await Stack.startWithAccounts(['ann', 'bob']);
  folder = mkdtempSync(join(tmpdir(), 'ledgercast-client-'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  // The client is already built. Building it again would remove it while other tests use it.
  const { stdout } = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: source });
  [packed] = JSON.parse(stdout);
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', join(folder, tarball)], { cwd: folder });
  const ws = dirname(createRequire(import.meta.url).resolve('ws/package.json'));
  cpSync(ws, join(folder, 'node_modules/ws'), { recursive: true });
  for (const { name, text } of examples()) writeFileSync(join(folder, name), text);
});
after(async () => {
  await stack?.stop();
  if (folder) rmSync(folder, { recursive: true });
});

/** Returns the README's code blocks that are whole programs, which begin with their file name. */
function examples() {
  const readme = readFileSync(join(source, 'README.md'), 'utf8');
  return [...readme.matchAll(/^```\w+\n\/\/ (\S+)\n([^]*?)^```$/gm)].map(([, name, text]) => ({ name, text }));
}

const environment = () => ({
  ...process.env,
  LEDGERCAST_URL: stack.edge.url,
  LEDGERCAST_USERNAME: 'ann',
  LEDGERCAST_PASSWORD: passwordOf('ann'),
});

async function example(name, ...args) {
  const { stdout } = await run(process.execPath, [name, ...args], { cwd: folder, env: environment(), timeout: OUTPUT_TIMEOUT_MS });
  return stdout;
}

/** Runs an example that does not end by itself, until it has printed `text`. */
async function exampleUntil(name, text) {
  const child = spawn(process.execPath, [name], { cwd: folder, env: environment(), stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  const printed = new Promise((resolve, reject) => {
    child.stdout.on('data', (piece) => (output += piece) && output.includes(text) && resolve(output));
    child.on('exit', () => reject(new Error(`${name} ended after: ${output}`)));
  });
  try {
    return await within(`${name} to print ${text}`, printed, OUTPUT_TIMEOUT_MS);
  } finally {
    child.kill();
  }
}

test('holds an ES module with types, and nothing else that it would need', async () => {
  const paths = packed.files.map(({ path }) => path);
  for (const path of ['dist/index.js', 'dist/index.d.ts', 'dist/LICENSE', 'package.json', 'README.md']) assert.ok(paths.includes(path), `${path} is not in it`);
  assert.deepEqual(paths.filter((path) => !/^(dist\/.*\.(js|js\.map|d\.ts)|dist\/LICENSE|package\.json|README\.md)$/.test(path)), []);
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'node_modules/@ledgercast/client/package.json')));
  assert.equal(dependencies, undefined);
  const code = readFileSync(join(folder, 'node_modules/@ledgercast/client/dist/index.js'));
  assert.equal(/^\s*import\b/m.test(code), false, 'it imports something');
  assert.ok(gzipSync(code).length < GZIP_BYTES_MAX, `${gzipSync(code).length} bytes`);
});

test('all the programs of its README are among these', () => {
  assert.deepEqual(examples().map(({ name }) => name), ['follow.mjs', 'pay.mjs', 'prove.mjs', 'page.ts']);
});

test('follow.mjs goes on where it was', async () => {
  const first = await exampleUntil('follow.mjs', 'balance 1000');
  assert.match(first, /: admin → ann 1000/);
  await example('pay.mjs', 'bob', '5');
  const second = await exampleUntil('follow.mjs', 'balance 995');
  assert.match(second, /: ann → bob 5/);
  assert.doesNotMatch(second, /admin/);
});

test('pay.mjs posts, and says why not', async () => {
  const before = (await readHistory(stack.postgres)).length;
  assert.match(await example('pay.mjs', 'bob', '1'), new RegExp(`^posted as ${before + 1}, \\d+ left\n$`));
  assert.equal(await example('pay.mjs', 'bob', '1000000'), 'refused: INSUFFICIENT_FUNDS\n');
  assert.equal(await example('pay.mjs', 'nobody', '1'), 'refused: ACCOUNT_NOT_FOUND\n');
  assert.equal((await readHistory(stack.postgres)).length, before + 1);
});

test('prove.mjs proves its copy', async () => {
  assert.match(await example('prove.mjs'), /^\d+ transactions up to \S+ are what the ledger holds\n$/);
});

test('page.ts is sound TypeScript and follows in a page', async () => {
  writeFileSync(join(folder, 'driver.ts'), `
    import { open } from './page.js';
    import type { Batch } from '@ledgercast/client';
    const seen: bigint[] = [];
    const client = await open(process.env.LEDGERCAST_USERNAME!, process.env.LEDGERCAST_PASSWORD!, (batch: Batch) => {
      for (const { sequence, amount } of batch.transactions) seen.push(sequence + 0n * amount);
      if (!batch.live) return;
      console.log(\`\${seen.length} by \${client.status.transport}\`);
      client.close();
    }, () => undefined);
  `);
  writeFileSync(join(folder, 'window.mjs'), `
    const stored = new Map();
    globalThis.sessionStorage = { getItem: (key) => stored.get(key) ?? null, setItem: (key, value) => stored.set(key, value), removeItem: (key) => stored.delete(key) };
    globalThis.location = { origin: process.env.LEDGERCAST_URL };
    globalThis.addEventListener ??= () => {};
  `);
  const compiler = join(source, 'node_modules/typescript/bin/tsc');
  const flags = ['--strict', '--exactOptionalPropertyTypes', '--target', 'es2022', '--lib', 'es2022,dom', '--module', 'nodenext', '--typeRoots', join(source, 'node_modules/@types'), '--types', 'node'];
  await run(process.execPath, [compiler, ...flags, 'page.ts', 'driver.ts'], { cwd: folder }).catch(({ stdout }) => assert.fail(stdout));
  const { stdout } = await run(process.execPath, ['--import', './window.mjs', 'driver.js'], { cwd: folder, env: environment(), timeout: OUTPUT_TIMEOUT_MS });
  assert.match(stdout, /^\d+ by (websocket|sse)\n$/);
});
