// Runs `buf curl`, a gRPC client of another project. It learns the services by reflection, as grpcurl does.

import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import protobuf from 'protobufjs';
import { repository } from './processes.mjs';

const run = promisify(execFile);
const details = protobuf.loadSync(join(repository, 'proto/google/rpc/error_details.proto'));

export const buf = join(repository, 'tests/e2e/node_modules/.bin/buf');
const CURL = ['curl', '--protocol', 'grpc', '--http2-prior-knowledge'];

/** Returns the arguments. `target` is a service program, `method` a full name such as `ledgercast.v1.AuthService/IssueToken`. */
function argumentsOf(target, method, request, token) {
  const header = token === undefined ? [] : ['--header', `authorization: Bearer ${token}`];
  return [...CURL, ...header, '--data', JSON.stringify(request), `http://${target.address}/${method}`];
}

export async function call(target, method, request, token) {
  const { stdout } = await run(buf, argumentsOf(target, method, request, token));
  return JSON.parse(stdout);
}

export async function listMethods(target) {
  const { stdout } = await run(buf, [...CURL, '--list-methods', `http://${target.address}`]);
  return stdout.trimEnd().split('\n');
}

/** Parses what `buf curl` prints about an error, with its details. */
function parseError(stderr) {
  const error = JSON.parse(stderr);
  const detailOf = (type) => {
    const found = error.details?.find((detail) => detail.type === type);
    return found && details.lookupType(type).decode(Buffer.from(found.value, 'base64'));
  };
  return {
    ...error,
    info: detailOf('google.rpc.ErrorInfo'),
    retry: detailOf('google.rpc.RetryInfo'),
    fields: detailOf('google.rpc.BadRequest')?.fieldViolations.map(({ field }) => field),
  };
}

/** Returns the error with which `promise`, the result of call(), is rejected. */
export async function errorOf(promise) {
  const failure = await promise.then(
    (answer) => assert.fail(`expected a failure, got ${JSON.stringify(answer)}`),
    (error) => error,
  );
  return parseError(failure.stderr);
}

/** Starts a call whose answers are a stream. `printed()` returns the answers so far; `error()` its error once it has ended with one. */
export function openStream(target, method, request, token) {
  // `buf` starts the real program, so both are a process group that is ended as one.
  const child = spawn(buf, argumentsOf(target, method, request, token), { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (text) => (printed[name] += text));
  const closed = once(child, 'close');
  return {
    printed: () => printed.stdout,
    async error() {
      await closed;
      return parseError(printed.stderr);
    },
    async end() {
      process.kill(-child.pid);
      await closed;
    },
  };
}
