// TLS of the service, with certificates as operators make them: who gets in, what a mistake says,
// and that replaced files count without a restart.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import grpc from '@grpc/grpc-js';
import { failureOf } from './asking.mjs';
import { Authority } from './certificates.mjs';
import { readMetrics } from './exposition.mjs';
import { post } from './http.mjs';
import { LedgerClient } from './ledger.mjs';
import { binaries } from './processes.mjs';
import { ADMIN, Stack } from './stack.mjs';
import { waitUntil } from './waiting.mjs';

const RELOAD_TIMEOUT_MS = 20_000;
const SECOND_TIMEOUT_MS = 5_000;

const run = promisify(execFile);

let stack;
let authority;
let stranger;
let server;
let secured;
let mutual;
let admin;

before(async () => {
  stack = await Stack.start();
  authority = new Authority(stack.folder, 'authority');
  stranger = new Authority(stack.folder, 'stranger');
  server = authority.issue('server');
  const tls = ['--tls-cert-file', server.certFile, '--tls-key-file', server.keyFile];
  secured = await stack.addService(tls);
  mutual = await stack.addService([...tls, '--tls-client-ca-file', authority.certFile]);
  await Promise.all([secured, mutual].map((service) => service.waitUntilReady()));
  await stack.makeAdmin();
  admin = (await clientOf(secured, { ca: authority }).call('issueToken', ADMIN)).accessToken;
});
after(() => stack?.stop());

/** A gRPC client that trusts `ca`, and shows `identity`. */
function clientOf(service, { ca, identity }) {
  const pem = (file) => (file === undefined ? null : readFileSync(file));
  const credentials = grpc.credentials.createSsl(ca.pem, pem(identity?.keyFile), pem(identity?.certFile));
  // By name: TLS has no names for addresses in what a client asks for.
  const client = new LedgerClient(service.address.replace('127.0.0.1', 'localhost'), credentials);
  stack.clients.push(client);
  return client;
}

const look = (client) => client.call('getAccount', { name: ADMIN.username }, { token: admin });

async function assertUnreachable(client) {
  const { code } = await failureOf(look(client));
  assert.equal(code, 'UNAVAILABLE');
}

/** The fingerprint of the certificate that new connections get. */
async function shownBy(service) {
  const [host, port] = service.address.split(':');
  const socket = connect({ host, port, servername: 'localhost', ca: authority.pem, ALPNProtocols: ['h2'] });
  await once(socket, 'secureConnect');
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

/** `{ file, use, end }` of each certificate that `program` tells the end of, in seconds since 1970. */
async function endsToldBy(program) {
  const samples = (await readMetrics(program)).get('ledgercast_certificate_end_timestamp_seconds')?.samples ?? [];
  return samples.map(({ labels: { file, use }, value }) => ({ file, use, end: value }));
}

const readCertificate = (file) => new X509Certificate(readFileSync(file));

/** Reads from the certificate in `file` what the metric has to say of it. */
const endOf = (file, use) => ({ file, use, end: Date.parse(readCertificate(file).validTo) / 1000 });

test('a client that trusts the CA is served', async () => {
  assert.equal((await look(clientOf(secured, { ca: authority }))).name, ADMIN.username);
});

test('a client without the CA, and one that speaks plaintext, are not', async () => {
  await assertUnreachable(clientOf(secured, { ca: stranger }));
  await assertUnreachable(stack.client(secured));
});

test('where client certificates are required nobody is served without a good one', async () => {
  await assertUnreachable(clientOf(mutual, { ca: authority }));
  await assertUnreachable(clientOf(mutual, { ca: authority, identity: stranger.issue('intruder') }));
  assert.equal((await look(clientOf(mutual, { ca: authority, identity: authority.issue('client') }))).name, ADMIN.username);
});

test('an edge reaches both kinds of service by its flags', async () => {
  const identity = authority.issue('edge');
  const ca = ['--service-ca-file', authority.certFile];
  const own = ['--service-cert-file', identity.certFile, '--service-key-file', identity.keyFile];
  const edges = [await stack.addEdge(secured, ca), await stack.addEdge(mutual, [...ca, ...own])];
  for (const edge of edges) {
    await edge.waitUntilReady();
    assert.equal((await post(edge, '/v1/token', ADMIN)).status, 200);
  }
  // In their metrics they tell when the certificates end that they trust and show.
  const trusted = endOf(authority.certFile, 'ca');
  assert.deepEqual(await endsToldBy(edges[0]), [trusted]);
  assert.deepEqual(await endsToldBy(edges[1]), [endOf(identity.certFile, 'own'), trusted]);
});

test('the metrics tell when the certificates end, and follow the files', async () => {
  assert.deepEqual(await endsToldBy(secured), [endOf(server.certFile, 'own')]);
  assert.deepEqual(await endsToldBy(mutual), [endOf(server.certFile, 'own'), endOf(authority.certFile, 'ca')]);
  const own = authority.issue('told');
  const service = await stack.addService(['--tls-cert-file', own.certFile, '--tls-key-file', own.keyFile]);
  await service.waitUntilReady();
  const old = endOf(own.certFile, 'own');
  assert.deepEqual(await endsToldBy(service), [old]);
  // All are made for a day, so one that was made in the same second would end with it.
  const madeAt = Date.parse(readCertificate(own.certFile).validFrom);
  await waitUntil('the next second', () => Date.now() >= madeAt + 1000, SECOND_TIMEOUT_MS);
  const fresh = authority.issue('told-again');
  renameSync(fresh.keyFile, own.keyFile);
  renameSync(fresh.certFile, own.certFile);
  const [told] = await endsToldBy(service);
  assert.deepEqual(told, endOf(own.certFile, 'own'));
  assert.ok(told.end > old.end, `${told.end} is not after ${old.end}`);
});

test('a program without TLS files tells of no certificate', async () => {
  const plain = await stack.addService();
  await plain.waitUntilReady();
  assert.deepEqual(await endsToldBy(plain), []);
});

test('replaced files count for new connections, and open ones go on', async () => {
  const client = clientOf(secured, { ca: authority });
  await look(client);
  const old = await shownBy(secured);
  const fresh = authority.issue('server-again');
  renameSync(fresh.keyFile, server.keyFile);
  renameSync(fresh.certFile, server.certFile);
  // While the service has read only one of the two files it refuses new connections.
  const isNew = () => shownBy(secured).then((shown) => shown !== old, () => false);
  await waitUntil('new connections to get the new certificate', isNew, RELOAD_TIMEOUT_MS);
  await look(client);
  await look(clientOf(secured, { ca: authority }));
});

const serviceArgs = (...tls) => ['--listen', '127.0.0.1:0', '--admin-listen', '', '--database', stack.postgres.conninfo, '--signing-key-file', join(stack.folder, 'signing.pem'), ...tls];
const edgeArgs = (...tls) => ['--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0', '--relay-key-file', join(stack.folder, 'relay.pem'), ...tls];

/** What a program that does not start says. */
async function refusalOf(name, args) {
  const failure = await failureOf(run(join(binaries, name), args, { timeout: RELOAD_TIMEOUT_MS }));
  assert.ok(failure.code > 0, `${name} ended with ${failure.code} ${failure.signal}`);
  return failure.stderr;
}

test('a service or an edge whose files are of no use says which, and does not start', async () => {
  const { certFile, keyFile } = authority.issue('another');
  const empty = join(stack.folder, 'empty.pem');
  const missing = join(stack.folder, 'missing.pem');
  writeFileSync(empty, 'nothing\n');
  const locked = join(stack.folder, 'locked.pem');
  await run('openssl', ['pkey', '-in', keyFile, '-aes256', '-passout', 'pass:secret', '-out', locked]);
  for (const [name, args, prefix, ca] of [
    ['ledgercast-transaction-service', serviceArgs, '--tls', '--tls-client-ca-file'],
    ['ledgercast-edge', edgeArgs, '--service', '--service-ca-file'],
  ]) {
    const refusal = (trusted, cert, key) => refusalOf(name, args(...[ca, trusted, `${prefix}-cert-file`, cert, `${prefix}-key-file`, key]));
    assert.match(await refusal(authority.certFile, missing, keyFile), /missing\.pem/);
    assert.match(await refusal(authority.certFile, empty, keyFile), /empty\.pem holds no certificate/);
    assert.match(await refusal(authority.certFile, certFile, empty), /empty\.pem holds no private key/);
    assert.match(await refusal(authority.certFile, certFile, locked), /locked\.pem holds no private key without a passphrase/);
    assert.match(await refusal(empty, certFile, keyFile), /empty\.pem holds no certificate/);
    assert.match(await refusal(authority.certFile, certFile, authority.keyFile), /is not that of the certificate in/);
    assert.match(await refusalOf(name, args(ca, authority.certFile, `${prefix}-cert-file`, certFile)), /go together/);
  }
  assert.match(await refusalOf('ledgercast-transaction-service', serviceArgs('--tls-client-ca-file', authority.certFile)), /--tls-client-ca-file needs/);
  assert.match(await refusalOf('ledgercast-edge', edgeArgs('--service-cert-file', certFile, '--service-key-file', keyFile)), /needs --service-ca-file/);
});
