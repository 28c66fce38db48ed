// Tests the two images: they are small, have no shell, run as an unprivileged user on a read-only root, and tell
// scanners what they contain.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { repository } from '../e2e/processes.mjs';
import { docker } from './project.mjs';

const SIZE_MB_MAX = 60;
const BYTES_A_MB = 1_000_000;
const LISTING_BYTES_MAX = 16 << 20;

const version = readFileSync(join(repository, 'VERSION'), 'utf8').trim();

const IMAGES = [
  { image: `ledgercast/transaction-service:${version}`, programs: ['ledgercast', 'ledgercast-transaction-service'] },
  { image: `ledgercast/edge:${version}`, programs: ['ledgercast-edge'] },
];

// Files that the engine adds to every container.
const ENGINES_FILES = new Set(['.dockerenv', 'dev/console', 'etc/hostname', 'etc/hosts', 'etc/resolv.conf']);

const run = promisify(execFile);
const HARDENED = ['run', '--rm', '--read-only', '--cap-drop', 'ALL', '--security-opt', 'no-new-privileges:true', '--network', 'none'];

/** Returns `{ mode, path }` of every file in the image. */
async function listFiles(image) {
  const container = (await docker('create', image)).trim();
  try {
    const { stdout } = await run('bash', ['-o', 'pipefail', '-c', 'docker export "$0" | tar -tv', container], { maxBuffer: LISTING_BYTES_MAX });
    return stdout.trim().split('\n').map((line) => /^(\S+) +\S+ +\S+ +\S+ +\S+ (.*?)(?: (?:->|link to) .*)?$/.exec(line)).map(([, mode, path]) => ({ mode, path }));
  } finally {
    await docker('rm', container);
  }
}

for (const architecture of ['amd64', 'arm64']) {
  test(`every package that the programs are built with is pinned for ${architecture}`, async () => {
    const { stdout } = await run('services/dev/packages.sh', ['list', 'build'], { cwd: repository });
    const lock = readFileSync(join(repository, `services/dev/packages.${architecture}.lock`), 'utf8');
    const pinned = new Set(lock.trim().split('\n').map((line) => /^(\S+)=\S+$/.exec(line)[1]));
    assert.deepEqual(stdout.trim().split('\n').filter((name) => !pinned.has(name)), []);
  });
}

for (const { image, programs } of IMAGES) {
  test(`${image} is small and says what it is`, async (t) => {
    const [{ Config, Size }] = JSON.parse(await docker('image', 'inspect', image));
    t.diagnostic(`${image}: ${(Size / BYTES_A_MB).toFixed(1)} MB`);
    assert.ok(Size < SIZE_MB_MAX * BYTES_A_MB, `${Size} bytes`);
    assert.equal(Config.User, '65532:65532');
    assert.equal(Config.Labels['org.opencontainers.image.version'], version);
    assert.equal(Config.Labels['org.opencontainers.image.licenses'], 'Apache-2.0');
    assert.deepEqual([Config.Healthcheck.Test[0], Config.Healthcheck.Test.at(-1)], ['CMD', '--healthcheck']);
  });

  test(`${image} holds our programs, their libraries and no others, no shell among them`, async () => {
    const files = (await listFiles(image)).filter(({ path }) => !ENGINES_FILES.has(path));
    const isProgram = ({ mode, path }) => mode.startsWith('-') && mode.includes('x') && !/\.so(\.|$)/.test(path);
    assert.deepEqual(files.filter(isProgram).map(({ path }) => path).sort(), programs.map((name) => `usr/bin/${name}`));
    assert.deepEqual(files.filter(({ mode }) => /[sS]/.test(mode)), [], 'something runs as somebody else');
    for (const shell of ['/bin/sh', '/bin/bash', '/busybox/sh']) {
      await assert.rejects(docker(...HARDENED, '--entrypoint', shell, image, '-c', 'true'), /no such file/);
    }
  });

  test(`${image} runs on a root that cannot be written, without capabilities`, async () => {
    for (const program of programs) {
      assert.match(await docker(...HARDENED, '--entrypoint', `/usr/bin/${program}`, image, '--help'), /Usage/);
    }
  });

  test(`${image} names the Debian packages that its libraries are of`, async () => {
    const paths = (await listFiles(image)).map(({ path }) => path);
    const records = paths.filter((path) => /^var\/lib\/dpkg\/status\.d\/./.test(path)).map((path) => path.split('/').pop());
    for (const name of ['ca-certificates', 'libc6', 'libgrpc++1.51', 'libssl3', 'libstdc++6']) assert.ok(records.includes(name), name);
    for (const name of records) assert.ok(paths.includes(`usr/share/doc/${name}/copyright`), `the copyright of ${name}`);
    assert.ok(paths.includes('etc/os-release'));
  });
}
