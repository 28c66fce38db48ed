// Implements the part of Kubernetes' API that makes and reads Secrets, over TLS and with a token, as a pod sees it.

import { mkdirSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:https';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Authority } from './certificates.mjs';

export const NAMESPACE = 'ledgercast';
const TOKEN = 'token-of-the-service-account';
const PATH = `/api/v1/namespaces/${NAMESPACE}/secrets`;

export class KubernetesApi {
  /** The Secrets by name, as they were posted. */
  secrets = new Map();
  /** Method and path of each request. */
  requests = [];
  /** A status with which every request is answered, if it is not 0. */
  failWith = 0;

  static async start(folder) {
    const api = new KubernetesApi();
    const authority = new Authority(folder, 'cluster');
    const { certFile, keyFile } = authority.issue('api');
    api.accountFolder = join(folder, 'service-account');
    mkdirSync(api.accountFolder);
    writeFileSync(join(api.accountFolder, 'ca.crt'), authority.pem);
    writeFileSync(join(api.accountFolder, 'token'), TOKEN);
    writeFileSync(join(api.accountFolder, 'namespace'), NAMESPACE);
    api.server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, (request, response) => api.#answer(request, response));
    api.server.listen(0, '127.0.0.1');
    await once(api.server, 'listening');
    return api;
  }

  /** Returns the variables that a pod has in its environment. */
  get environment() {
    return { KUBERNETES_SERVICE_HOST: '127.0.0.1', KUBERNETES_SERVICE_PORT: String(this.server.address().port) };
  }

  content(secret, file) {
    return Buffer.from(this.secrets.get(secret).data[file], 'base64').toString();
  }

  close() {
    this.server.closeAllConnections();
    this.server.close();
  }

  async #answer(request, response) {
    let body = '';
    for await (const chunk of request) body += chunk;
    this.requests.push([request.method, request.url]);
    const send = (status, object) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(object));
    const refuse = (status, message) => send(status, { kind: 'Status', status: 'Failure', message });
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return refuse(401, 'Unauthorized');
    if (this.failWith) return refuse(this.failWith, 'as the test wants');
    if (request.method === 'POST' && request.url === PATH) return this.#create(JSON.parse(body), send, refuse);
    const name = request.url.slice(PATH.length + 1);
    if (request.method !== 'GET' || !this.secrets.has(name)) return refuse(404, `secrets "${name}" not found`);
    return send(200, this.secrets.get(name));
  }

  #create(secret, send, refuse) {
    const { name } = secret.metadata;
    if (this.secrets.has(name)) return refuse(409, `secrets "${name}" already exists`);
    this.secrets.set(name, secret);
    return send(201, secret);
  }
}
