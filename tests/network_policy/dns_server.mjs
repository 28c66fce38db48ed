// The cluster's DNS: answers for the names in the JSON file that it is given, name to list of addresses. UDP and
// TCP port 53.
//
//   node dns_server.mjs FILE

import { readFileSync } from 'node:fs';
import { DnsServer } from '../e2e/dns_server.mjs';

const names = JSON.parse(readFileSync(process.argv[2], 'utf8'));
await DnsServer.start({ addressesOf: (name) => names[name], ttlSeconds: 5, host: '0.0.0.0', port: 53, tcp: true });
