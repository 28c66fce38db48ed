// Secrets are files of Secrets that are made in the cluster. Environment variables are inherited and printed, many
// can read a ConfigMap, and manifests end up in git.

const SECRET_NAME = /(PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|APIKEY|(^|_)KEYS?$|PRIVATE)/i;
const NOT_SECRET_NAME = /(_FILE|_SECONDS|_MS)$/;
const SECRET_VALUE = [
  { pattern: /-----BEGIN [A-Z ]*(PRIVATE KEY|CERTIFICATE)-----/, what: 'a PEM block' },
  { pattern: /\bpassword\s*=\s*\S/i, what: 'a password' },
  { pattern: /:\/\/[^/\s:@]+:[^/\s@]+@/, what: 'a URL with a password' },
  { pattern: /\beyJ[\w-]{10,}\.[\w-]+\./, what: 'a token' },
];

function wrongIn(name, value) {
  if (SECRET_NAME.test(name) && !NOT_SECRET_NAME.test(name) && value !== '') return `${name} has a literal value`;
  const found = SECRET_VALUE.find(({ pattern }) => pattern.test(value));
  return found && `${name} holds ${found.what}`;
}

export function* check(inventory) {
  for (const map of inventory.all('ConfigMap')) {
    for (const [name, value] of Object.entries({ ...map.data, ...map.binaryData })) {
      const wrong = wrongIn(name, value);
      if (wrong) yield [map, `${wrong}: keep it in a Secret and mount that as a file`];
    }
  }
  for (const secret of inventory.all('Secret')) yield [secret, 'is in the manifests: have it made in the cluster, as Job secrets does'];
  for (const { workload, container } of inventory.containers()) {
    for (const { name, value, valueFrom } of container.env ?? []) {
      if (valueFrom?.secretKeyRef) yield [workload.object, `${name} of container ${container.name} comes from a Secret: mount it as a file and use the flag that takes one`];
      const wrong = value !== undefined && wrongIn(name, value);
      if (wrong) yield [workload.object, `${wrong} in container ${container.name}: keep it in a Secret and mount that as a file`];
    }
    if ((container.envFrom ?? []).some(({ secretRef }) => secretRef)) {
      yield [workload.object, `container ${container.name} has a whole Secret in its environment: mount it as files`];
    }
    for (const word of [...(container.command ?? []), ...(container.args ?? [])]) {
      const found = SECRET_VALUE.find(({ pattern }) => pattern.test(word));
      if (found) yield [workload.object, `the command of container ${container.name} holds ${found.what}: keep it in a Secret and mount that as a file`];
    }
  }
}
