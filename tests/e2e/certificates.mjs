// Makes certificates as an operator does, with openssl.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const request = (...args) => execFileSync('openssl', ['req', '-x509', '-days', '1', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', ...args], { stdio: 'pipe' });

export class Authority {
  constructor(folder, name) {
    this.folder = folder;
    this.name = name;
    this.certFile = join(folder, `${name}.pem`);
    this.keyFile = join(folder, `${name}.key`);
    request('-subj', `/CN=${name}`, '-keyout', this.keyFile, '-out', this.certFile);
  }

  /** Returns the paths of a new certificate for this machine and of its key. */
  issue(name) {
    const certFile = join(this.folder, `${this.name}-${name}.pem`);
    const keyFile = join(this.folder, `${this.name}-${name}.key`);
    request(
      ...['-CA', this.certFile, '-CAkey', this.keyFile, '-subj', `/CN=${name}`],
      ...['-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost', '-addext', 'basicConstraints=critical,CA:FALSE'],
      ...['-keyout', keyFile, '-out', certFile],
    );
    return { certFile, keyFile };
  }

  get pem() {
    return readFileSync(this.certFile);
  }
}
