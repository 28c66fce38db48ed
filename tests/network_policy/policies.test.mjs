// The translation of NetworkPolicies by itself: who is isolated, and what is let through.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isolations, rulesOf, selects } from './policies.mjs';

const pod = (name, namespace, labels, address, ports = []) => ({ name, namespace, labels, address, ports });
const web = pod('web', 'shop', { app: 'web', tier: 'front' }, '10.0.0.1', [{ name: 'http', containerPort: 8080 }, { name: 'dns', containerPort: 53, protocol: 'UDP' }]);
const db = pod('db', 'shop', { app: 'db' }, '10.0.0.2', [{ name: 'sql', containerPort: 5432 }]);
const spy = pod('spy', 'other', { app: 'web' }, '10.0.1.1');
const cluster = { pods: [web, db, spy], namespaces: { shop: { team: 'a' }, other: { team: 'b' } } };

const policy = (spec, namespace = 'shop') => ({ metadata: { name: 'tested', namespace }, spec });
const isolate = (spec) => isolations([policy(spec)], cluster);
/** Returns what one pod lets through in one direction, as "peer port" texts. */
function allowed(spec, name = 'web', type = 'Ingress') {
  const one = isolate(spec).find((each) => each.pod.name === name && each.type === type);
  return one?.allowed.map(({ peer, port }) => {
    const who = peer.pod?.name ?? (peer.block ? [peer.block.cidr, ...(peer.block.except ?? []).map((cidr) => `!${cidr}`)].join(' ') : 'any');
    const what = port === undefined ? 'any' : `${port.protocol}${port.first === undefined ? '' : ` ${port.first}-${port.last}`}`;
    return `${who} ${what}`;
  });
}

for (const [name, selector, expected] of [
  ['an empty one', {}, true],
  ['labels', { matchLabels: { app: 'web', tier: 'front' } }, true],
  ['a label too many', { matchLabels: { app: 'web', tier: 'back' } }, false],
  ['In', { matchExpressions: [{ key: 'app', operator: 'In', values: ['db', 'web'] }] }, true],
  ['In, of a label that is not there', { matchExpressions: [{ key: 'zone', operator: 'In', values: ['x'] }] }, false],
  ['NotIn', { matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['web'] }] }, false],
  ['NotIn, of a label that is not there', { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['x'] }] }, true],
  ['Exists', { matchExpressions: [{ key: 'tier', operator: 'Exists' }] }, true],
  ['DoesNotExist', { matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, false],
  ['labels and expressions', { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'DoesNotExist' }] }, false],
]) {
  test(`selector: ${name}`, () => assert.equal(selects(selector, web.labels), expected));
}

test('a policy isolates the pods of its own namespace that it selects, in its directions', () => {
  const of = (spec) => isolate(spec).map(({ pod: { name }, type }) => `${name} ${type}`).sort();
  assert.deepEqual(of({ podSelector: {}, policyTypes: ['Ingress', 'Egress'] }), ['db Egress', 'db Ingress', 'web Egress', 'web Ingress']);
  assert.deepEqual(of({ podSelector: { matchLabels: { app: 'web' } } }), ['web Ingress']);
  assert.deepEqual(of({ podSelector: { matchLabels: { app: 'web' } }, egress: [] }), ['web Egress', 'web Ingress']);
  assert.deepEqual(of({ podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Egress'], ingress: [{}] }), ['web Egress']);
});

for (const [name, rule, expected] of [
  ['an empty rule lets in all', {}, ['any any']],
  ['nobody named is everybody', { from: [], ports: [{ port: 80 }] }, ['any tcp 80-80']],
  ['pods of the same namespace', { from: [{ podSelector: {} }] }, ['web any', 'db any']],
  ['all pods of a namespace', { from: [{ namespaceSelector: { matchLabels: { team: 'b' } } }] }, ['spy any']],
  ['pods of a namespace', { from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'web' } } }] }, ['web any', 'spy any']],
  ['nobody who is there', { from: [{ podSelector: { matchLabels: { app: 'none' } } }] }, []],
  ['addresses', { from: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }] }, ['10.0.0.0/8 !10.1.0.0/16 any']],
  ['either peer', { from: [{ ipBlock: { cidr: 'fd00::/8' } }, { podSelector: { matchLabels: { app: 'db' } } }], ports: [{ port: 1 }] }, ['fd00::/8 tcp 1-1', 'db tcp 1-1']],
  ['each port', { ports: [{ port: 1, endPort: 9 }, { protocol: 'UDP', port: 53 }, { protocol: 'SCTP' }] }, ['any tcp 1-9', 'any udp 53-53', 'any sctp']],
  ['a port by the name that the pod gives it', { ports: [{ port: 'http' }, { port: 'dns', protocol: 'UDP' }] }, ['any tcp 8080-8080', 'any udp 53-53']],
  ['a name that the pod does not have, or for another protocol', { ports: [{ port: 'sql' }, { port: 'dns' }] }, []],
]) {
  test(`ingress: ${name}`, () => assert.deepEqual(allowed({ podSelector: { matchLabels: { app: 'web' } }, ingress: [rule] }), expected));
}

test('egress: a port by name is that of whom it goes to', () => {
  const egress = [{ to: [{ podSelector: {} }], ports: [{ port: 'sql' }] }];
  assert.deepEqual(allowed({ podSelector: {}, policyTypes: ['Egress'], egress }, 'web', 'Egress'), ['db tcp 5432-5432']);
});

test('policies add up', () => {
  const policies = [policy({ podSelector: {} }), policy({ podSelector: {}, ingress: [{ ports: [{ port: 1 }] }] }), policy({ podSelector: {}, ingress: [{ ports: [{ port: 2 }] }] })];
  assert.deepEqual(isolations(policies, cluster).find(({ pod: { name } }) => name === 'web').allowed.map(({ port }) => port.first), [1, 2]);
});

for (const [name, spec] of [
  ['a field of a policy', { podSelector: {}, ingres: [] }],
  ['a type', { podSelector: {}, policyTypes: ['Both'] }],
  ['a field of a rule', { podSelector: {}, ingress: [{ to: [] }] }],
  ['a field of a peer', { podSelector: {}, ingress: [{ from: [{ nodeSelector: {} }] }] }],
  ['a peer that is two things', { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8' }, podSelector: {} }] }] }],
  ['a peer that is nothing', { podSelector: {}, ingress: [{ from: [{}] }] }],
  ['a block that is none', { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 'example.com' } }] }] }],
  ['a field of a block', { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0/8', not: [] } }] }] }],
  ['an operator', { podSelector: { matchExpressions: [{ key: 'a', operator: 'Gt', values: ['1'] }] } }],
  ['values that are missing', { podSelector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }],
  ['a field of a selector', { podSelector: { labels: {} } }],
  ['a protocol', { podSelector: {}, ingress: [{ ports: [{ protocol: 'ICMP' }] }] }],
  ['a field of a port', { podSelector: {}, ingress: [{ ports: [{ ports: 1 }] }] }],
  ['a range without a start', { podSelector: {}, ingress: [{ ports: [{ endPort: 1 }] }] }],
  ['a range from a name', { podSelector: {}, ingress: [{ ports: [{ port: 'http', endPort: 9000 }] }] }],
  ['a range backwards', { podSelector: {}, ingress: [{ ports: [{ port: 2, endPort: 1 }] }] }],
  ['a name at addresses', { podSelector: {}, policyTypes: ['Egress'], egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 'http' }] }] }],
]) {
  test(`not understood, so refused: ${name}`, () => assert.throws(() => isolate(spec)));
}

test('the rules: established connections first, then out of the one pod, then into the other', () => {
  const text = rulesOf([
    policy({ podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress', 'Egress'], ingress: [{ from: [{ podSelector: { matchLabels: { app: 'db' } } }], ports: [{ port: 'http' }, { port: 'http' }] }],
      egress: [{ to: [{ ipBlock: { cidr: '0.0.0.0/0', except: ['10.0.0.0/8', '192.168.0.0/16'] } }], ports: [{ port: 1, endPort: 2 }, { protocol: 'UDP' }] }] }),
  ], cluster);
  assert.equal(text, `table inet network_policies
delete table inet network_policies
table inet network_policies {
  chain in_web {
    ip saddr 10.0.0.2 tcp dport 8080 return
    drop
  }
  chain out_web {
    ip daddr 0.0.0.0/0 ip daddr != { 10.0.0.0/8, 192.168.0.0/16 } tcp dport 1-2 return
    ip daddr 0.0.0.0/0 ip daddr != { 10.0.0.0/8, 192.168.0.0/16 } meta l4proto udp return
    drop
  }
  chain forward {
    type filter hook forward priority filter; policy accept;
    ct state established,related accept
    ip saddr 10.0.0.1 jump out_web
    ip daddr 10.0.0.1 jump in_web
  }
}
`);
});
