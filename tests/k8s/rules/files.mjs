// Each file that a program must read is in a Secret that is mounted there, and its user may read it.

import { filesOfSecret } from './references.mjs';

const isFile = (setting) => /^(LEDGERCAST|POSTGRES)_.*_FILE$/.test(setting);

/** Yields names and paths of the files in the settings, in the connection string and in the command. */
function* pathsOf(container, settings) {
  for (const [name, value] of Object.entries(settings)) {
    if (isFile(name)) yield [name, value];
    const root = /\bsslrootcert=(\S+)/.exec(name === 'LEDGERCAST_DATABASE' ? value : '');
    if (root) yield ['sslrootcert', root[1]];
  }
  for (const word of container.command ?? []) {
    const [flag, value] = word.split('=');
    if (flag.startsWith('--') && flag.endsWith('-file')) yield [flag, value];
  }
}

export function* check(inventory) {
  for (const { workload, container, settings } of inventory.containers()) {
    for (const [name, path] of pathsOf(container, settings)) {
      const wrong = wrongWith(inventory, workload, container, path);
      if (wrong) yield [workload.object, `${name} is ${path}, ${wrong}`];
    }
    for (const { name, secret } of workload.pod.volumes ?? []) {
      if (secret !== undefined && secret.defaultMode !== 0o440) yield [workload.object, `files of volume ${name} have mode ${(secret.defaultMode ?? 0o644).toString(8)}: set defaultMode to 0440, with fsGroup the user's group`];
    }
    for (const { name, subPath, mountPath } of container.volumeMounts ?? []) {
      if (subPath) yield [workload.object, `${mountPath} of volume ${name} is a subPath, which is not renewed with the Secret: mount the folder`];
    }
  }
  for (const { object, pod } of inventory.ours) {
    const { fsGroup, runAsGroup } = pod.securityContext ?? {};
    if (fsGroup !== runAsGroup || fsGroup === undefined) yield [object, 'fsGroup is not the group it runs as, so it cannot read its files: make them the same'];
  }
}

function wrongWith(inventory, { pod }, container, path) {
  const folder = path.slice(0, path.lastIndexOf('/'));
  const mount = (container.volumeMounts ?? []).find(({ mountPath }) => mountPath === folder);
  const secret = pod.volumes?.find(({ name }) => name === mount?.name)?.secret;
  if (secret === undefined) return `where no Secret is mounted: mount it at ${folder}`;
  const files = secret.items?.map((item) => item.path) ?? filesOfSecret(inventory, secret.secretName) ?? [];
  if (!files.includes(path.slice(folder.length + 1))) return `which Secret ${secret.secretName} does not have: it has ${files.join(', ')}`;
  return undefined;
}
