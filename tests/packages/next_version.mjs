// Makes the packages of the next version out of those of this one: another version number, and a
// service whose database has one migration more.

import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const SERVICE = 'ledgercast-transaction-service';

/** Returns the version of packages that comes after `version`. */
export function versionAfter(version) {
  const [, head, patch, tail] = /^(\d+\.\d+\.)(\d+)(.*)$/.exec(version);
  return `${head}${Number(patch) + 1}${tail}`;
}

/** Returns a field of the package's description. */
export function field(deb, name) {
  return execFileSync('dpkg-deb', ['--field', deb, name], { encoding: 'utf8' }).trim();
}

/**
 * Writes the packages of the next version to the folder `to`.
 * @param {string} from folder with the packages of this version
 * @param {string} service program of the next version's service
 */
export function makeNextVersion(from, to, service) {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).filter((file) => file.endsWith('.deb'))) {
    const unpacked = join(to, basename(name, '.deb'));
    execFileSync('dpkg-deb', ['--raw-extract', join(from, name), unpacked]);
    const control = join(unpacked, 'DEBIAN/control');
    const version = field(join(from, name), 'Version');
    writeFileSync(control, readFileSync(control, 'utf8').replaceAll(version, versionAfter(version)));
    if (name.startsWith(SERVICE)) copyFileSync(service, join(unpacked, 'usr/bin', SERVICE));
    execFileSync('dpkg-deb', ['--root-owner-group', '--build', unpacked, join(to, name.replace(version, versionAfter(version)))]);
    rmSync(unpacked, { recursive: true });
  }
}
