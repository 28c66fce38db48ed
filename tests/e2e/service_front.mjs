// Stands in front of a service and passes every call on, except those methods whose answer the test has set.

import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import { repository } from './processes.mjs';

const protos = ['account', 'auth', 'transaction'].map((name) => `ledgercast/v1/${name}.proto`);
const asIs = (bytes) => bytes;

/** Returns the methods with messages as bytes, so that they pass unchanged. */
function methodsOf(service) {
  const bytes = { requestSerialize: asIs, requestDeserialize: asIs, responseSerialize: asIs, responseDeserialize: asIs };
  return Object.fromEntries(Object.values(service).map((method) => [method.path, { ...method, ...bytes }]));
}

export class ServiceFront {
  /** Starts a front. `answers` maps the name of an RPC to the status with which it ends. */
  static async start(service, answers) {
    const front = new ServiceFront();
    front.client = new grpc.Client(service.address, grpc.credentials.createInsecure());
    front.server = new grpc.Server();
    const definitions = protoLoader.loadSync(protos, { includeDirs: [join(repository, 'proto')] });
    for (const definition of Object.values(definitions)) {
      if (definition.format) continue; // a message or an enumeration
      const methods = methodsOf(definition);
      const handlers = Object.values(methods).map((method) => [method.path, front.#handlerOf(method, answers)]);
      front.server.addService(methods, Object.fromEntries(handlers));
    }
    const bind = promisify(front.server.bindAsync.bind(front.server));
    front.address = `127.0.0.1:${await bind('127.0.0.1:0', grpc.ServerCredentials.createInsecure())}`;
    return front;
  }

  #handlerOf({ path, responseStream }, answers) {
    const code = answers[path.split('/').pop()];
    if (code !== undefined) return (call, done) => done({ code, details: 'as the test has it' });
    if (!responseStream) return (call, done) => this.client.makeUnaryRequest(path, asIs, asIs, call.request, call.metadata, done);
    return async (call) => {
      const stream = this.client.makeServerStreamRequest(path, asIs, asIs, call.request, call.metadata);
      stream.on('data', (message) => call.write(message)).on('error', (error) => call.emit('error', error));
      await once(call, 'cancelled');
      stream.cancel();
    };
  }

  stop() {
    this.server.forceShutdown();
    this.client.close();
  }
}
