// Makes tokens that the service did not issue, from one that it did.

import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const decode = (text) => JSON.parse(Buffer.from(text, 'base64url'));

export class Forger {
  constructor(stack, genuine) {
    const [header, claims] = genuine.split('.').slice(0, 2).map(decode);
    Object.assign(this, { header, claims });
    this.serviceKey = createPrivateKey(readFileSync(join(stack.folder, 'signing.pem')));
    this.relayKey = createPrivateKey(readFileSync(join(stack.folder, 'relay.pem')));
    this.otherKey = generateKeyPairSync('ed25519').privateKey;
  }

  /** Returns the genuine token with these changes, signed. */
  make({ header = {}, claims = {}, key = this.serviceKey } = {}) {
    const content = `${encode({ ...this.header, ...header })}.${encode({ ...this.claims, ...claims })}`;
    const signature = sign(null, Buffer.from(content), key).toString('base64url');
    return `${content}.${signature}`;
  }

  /** Returns a token that is not signed and says so. */
  withoutSignature() {
    const [header, claims] = this.make({ header: { alg: 'none' } }).split('.');
    return `${header}.${claims}.`;
  }
}
