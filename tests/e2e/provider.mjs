// An OpenID provider for tests: it has a discovery document, keys, and tokens signed with them.

import { generateKeyPairSync, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

export class Provider {
  #server;
  #keys = new Map();

  /** Starts a provider at `port`, which may have been reserved for it. */
  static async start(port = 0) {
    const provider = new Provider();
    provider.#server = createServer((request, response) => provider.#answer(request.url, response));
    provider.#server.listen(port, '127.0.0.1');
    await once(provider.#server, 'listening');
    provider.issuer = `http://127.0.0.1:${provider.#server.address().port}`;
    provider.addKey('first');
    return provider;
  }

  /** Adds an RS256 key, which is what most providers use. */
  addKey(kid) {
    this.#keys.set(kid, generateKeyPairSync('rsa', { modulusLength: 2048 }));
  }

  #answer(url, response) {
    const documents = {
      '/.well-known/openid-configuration': { issuer: this.issuer, jwks_uri: `${this.issuer}/keys` },
      '/keys': {
        keys: [...this.#keys].map(([kid, { publicKey }]) => ({ ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' })),
      },
    };
    const document = documents[url];
    response.writeHead(document ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document ?? {}));
  }

  /** Returns an access token with these `claims`. */
  token(claims, { kid = 'first', lifeSeconds = 600 } = {}) {
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: this.issuer, aud: 'ledger', iat: now, exp: now + lifeSeconds, sub: 'd9a1', ...claims };
    const content = `${encode({ alg: 'RS256', typ: 'JWT', kid })}.${encode(all)}`;
    return `${content}.${sign('sha256', Buffer.from(content), this.#keys.get(kid).privateKey).toString('base64url')}`;
  }

  async stop() {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
