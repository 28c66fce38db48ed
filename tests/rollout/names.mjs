// A name server on loopback that knows one name: that of a headless Service. Like a cluster's, which many
// ask, it has an answer that is up to a TTL old.

import { DnsServer } from '../e2e/dns_server.mjs';

export class NameServer {
  /** `addressesOf()` answers the addresses that `name` has now. */
  static async start({ name, addressesOf, ttlMs }) {
    const server = new NameServer();
    server.addressesOf = addressesOf;
    server.lookUp();
    server.timer = setInterval(() => server.lookUp(), ttlMs);
    server.dns = await DnsServer.start({
      addressesOf: (asked) => (asked === name ? server.found : undefined),
      ttlSeconds: Math.ceil(ttlMs / 1000),
    });
    server.address = server.dns.address;
    return server;
  }

  /** Forgets what it found before. */
  lookUp() {
    this.found = this.addressesOf();
  }

  close() {
    clearInterval(this.timer);
    this.dns.close();
  }
}
