// A gRPC client like that of any program: generated from proto/ at run time.

import { join } from 'node:path';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import protobuf from 'protobufjs';
import { repository } from './processes.mjs';

const CALL_TIMEOUT_MS = 20_000;

const protoFolder = join(repository, 'proto');
const { v1 } = grpc.loadPackageDefinition(
  protoLoader.loadSync(['account', 'auth', 'transaction'].map((name) => `ledgercast/v1/${name}.proto`), {
    includeDirs: [protoFolder],
    longs: String,
    defaults: true,
  }),
).ledgercast;

const details = new protobuf.Root();
details.resolvePath = (origin, target) => (target.startsWith('google/rpc/') ? join(protoFolder, target) : target);
details.loadSync(['google/rpc/status.proto', 'google/rpc/error_details.proto']);

/** An error as the contract promises it: code, reason, metadata and violations. */
export class RpcError extends Error {
  constructor(error) {
    super(error.details);
    this.code = grpc.status[error.code];
    const [bytes] = error.metadata?.get('grpc-status-details-bin') ?? [];
    for (const { type_url, value } of bytes ? details.lookupType('google.rpc.Status').decode(bytes).details : []) {
      const type = type_url.replace(/^.*\//, '');
      const detail = details.lookupType(type).toObject(details.lookupType(type).decode(value), { defaults: true, arrays: true });
      if (type === 'google.rpc.ErrorInfo') Object.assign(this, { reason: detail.reason, domain: detail.domain, info: detail.metadata });
      if (type === 'google.rpc.BadRequest') this.fields = detail.fieldViolations.map(({ field }) => field);
    }
  }
}

export class LedgerClient {
  constructor(address, credentials = grpc.credentials.createInsecure()) {
    const options = {
      // Every client has its own connection, and often tries to reach a service that went away.
      'grpc.use_local_subchannel_pool': 1,
      'grpc.initial_reconnect_backoff_ms': 50,
      'grpc.max_reconnect_backoff_ms': 500,
    };
    const stubs = [v1.TransactionService, v1.AccountService, v1.AuthService].map(
      (Service) => new Service(address, credentials, options),
    );
    this.stubs = stubs;
    this.watches = new Set();
  }

  #stubOf(method) {
    return this.stubs.find((stub) => typeof stub[method] === 'function');
  }

  /** Returns `{ response, headers }` of one call. Throws an RpcError. */
  callWithHeaders(method, request, { token, timeoutMs = CALL_TIMEOUT_MS } = {}) {
    return new Promise((resolve, reject) => {
      let headers;
      const call = this.#stubOf(method)[method](request, metadata(token), { deadline: Date.now() + timeoutMs }, (error, response) => {
        if (error) reject(new RpcError(error));
        else resolve({ response, headers });
      });
      call.on('metadata', (received) => (headers = received.getMap()));
    });
  }

  async call(method, request, options) {
    const { response } = await this.callWithHeaders(method, request, options);
    return response;
  }

  /** Returns a stream of WatchTransactionsResponse, an async iterable that throws an RpcError. */
  async *watch(request, { token }) {
    const call = this.#stubOf('watchTransactions').watchTransactions(request, metadata(token));
    this.watches.add(call);
    try {
      for await (const response of call) yield response;
    } catch (error) {
      throw new RpcError(error);
    } finally {
      this.watches.delete(call);
      call.on('error', () => {});
      call.cancel();
    }
  }

  close() {
    for (const call of this.watches) call.cancel();
    for (const stub of this.stubs) stub.close();
  }
}

function metadata(token) {
  const headers = new grpc.Metadata();
  if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
  return headers;
}
