// Who gets through to whom, by trying all of it; and how that differs from what is written down.

import { spawn } from 'node:child_process';
import { here } from './cluster.mjs';

/** Ports that are tried on each host of a role. */
export const PORTS = {
  edge: ['8080', '9102'],
  'transaction-service': ['50051', '50052', '9101'],
  postgres: ['5432'],
  accounts: ['8080'],
  roles: ['8080'],
  secrets: ['8080'],
  stranger: ['8080'],
  other: ['8080'],
  gateway: ['443'],
  prometheus: ['9090'],
  dns: ['53', '53/UDP'],
  system: ['53', '53/UDP'],
  'api-server': ['443', '6443'],
  browser: ['8080'],
  internet: ['80', '443', '5432', '53/UDP'],
};

export const TARGETS = Object.entries(PORTS).flatMap(([role, ports]) => ports.map((port) => `${role}:${port}`));

function probe(host, targets) {
  return new Promise((resolve, reject) => {
    const child = spawn('nsenter', ['--target', String(host.lab.holder.pid), '--net', '--', 'node', here('probe.mjs')], { stdio: ['pipe', 'pipe', 'inherit'] });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
    child.on('close', (code) => (code === 0 ? resolve(JSON.parse(printed)) : reject(new Error(`the probe of ${host.name} ended with ${code}`))));
    child.stdin.end(JSON.stringify(targets));
  });
}

/** `{ from, to, role: target, through }` of each pair of hosts and port. */
export async function tryAll(cluster) {
  const found = await Promise.all(cluster.hosts.map(async (from) => {
    const targets = cluster.hosts.filter((to) => to !== from).flatMap((to) => PORTS[to.role].map((text) => {
      const [port, protocol = 'TCP'] = text.split('/');
      return { to: to.name, target: `${to.role}:${text}`, address: to.address, port: Number(port), protocol };
    }));
    const results = await probe(from, targets);
    return targets.map(({ to, target }, index) => ({ from: from.name, role: from.role, to, target, through: results[index] }));
  }));
  return found.flat();
}

/** Where it is not as `expected` (role → targets that are reached) has it; a text each. */
export function differences(found, expected) {
  return found
    .filter(({ role, target, through }) => expected[role].includes(target) !== through)
    .map(({ from, to, target, through }) => `${from} ${through ? 'reaches' : 'does not reach'} ${to} at ${target.split(':')[1]}`);
}

/** As people read it: a row a role, a column a target. */
export function drawn(found) {
  const roles = [...new Set(found.map(({ role }) => role))];
  const width = Math.max(...roles.map(({ length }) => length)) + 2;
  const mark = (role, target) => {
    const results = new Set(found.filter((one) => one.role === role && one.target === target).map(({ through }) => through));
    if (results.size === 0) return ' ';
    return results.size === 2 ? '?' : results.has(true) ? 'x' : '.';
  };
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
  const legend = TARGETS.map((target, index) => `${letters[index]} ${target}`);
  const lines = roles.map((role) => role.padEnd(width) + TARGETS.map((target) => mark(role, target)).join(' '));
  return ['', ''.padEnd(width) + TARGETS.map((_, index) => letters[index]).join(' '), ...lines, '', 'x gets through   . does not', legend.join('   ')].join('\n');
}
