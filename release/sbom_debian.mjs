// Writes a CycloneDX list for each Debian package in a folder: FILE.cdx.json beside FILE. It lists the packages that the
// programs were built with: those that the package depends on, and the libraries whose headers or archives were
// compiled into it. It runs where the packages were built, because it asks dpkg for the versions.
//
//   node release/sbom_debian.mjs DIRECTORY

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import CycloneDX from '@cyclonedx/cyclonedx-library';
import { PackageURL } from 'packageurl-js';
import { fieldOf, licencesOf, namesIn, recordOf } from './dpkg.mjs';

const { Enums, Models, Serialize, Spec } = CycloneDX;
const LIBRARY = /^(lib.*-dev|nlohmann-json3-dev|prometheus-cpp-dev|opentelemetry-cpp-dev|zlib1g-dev)$/;

const release = () => /^VERSION_ID="?([^"\n]+)/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1] ?? 'unstable';

/** Returns the libraries that the programs are compiled with. */
function buildLibraries() {
  const list = fileURLToPath(new URL('../services/dev/packages.sh', import.meta.url));
  const names = execFileSync(list, ['list', 'build'], { encoding: 'utf8' }).trim().split('\n');
  return names.filter((name) => LIBRARY.test(name) && recordOf(name));
}

/** Describes a package of Debian. What is only needed to run need not be installed here, and then has no version. */
function componentOf(name, use) {
  const { version, architecture, source, sourceVersion, homepage } = recordOf(name) ?? {};
  const upstream = source && `${source}@${sourceVersion}`;
  const component = new Models.Component(Enums.ComponentType.Library, name, {
    version,
    bomRef: version ? `${name}@${version}` : name,
    purl: new PackageURL('deb', 'debian', name, version, { arch: architecture, distro: `debian-${release()}`, upstream }, undefined),
  });
  if (homepage) component.externalReferences.add(new Models.ExternalReference(homepage, Enums.ExternalReferenceType.Website));
  for (const licence of licencesOf(name)) component.licenses.add(new Models.NamedLicense(licence));
  component.properties.add(new Models.Property('ledgercast:use', use));
  return component;
}

function listOf(file) {
  const [name, version] = [fieldOf(file, 'Package'), fieldOf(file, 'Version')];
  const hash = createHash('sha256').update(readFileSync(file)).digest('hex');
  const main = new Models.Component(Enums.ComponentType.Application, name, {
    version,
    bomRef: basename(file),
    hashes: new Models.HashDictionary([[Enums.HashAlgorithm['SHA-256'], hash]]),
  });
  main.licenses.add(new Models.SpdxLicense('Apache-2.0'));
  const bom = new Models.Bom({ metadata: new Models.Metadata({ component: main }) });
  const depends = namesIn(`${fieldOf(file, 'Pre-Depends')},${fieldOf(file, 'Depends')}`).filter((each) => !each.startsWith('ledgercast'));
  const compiled = fieldOf(file, 'Architecture') === 'all' ? [] : buildLibraries();
  for (const component of [...depends.map((each) => componentOf(each, 'needed to run')), ...compiled.map((each) => componentOf(each, 'compiled with'))]) {
    bom.components.add(component);
    main.dependencies.add(component.bomRef);
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  return serializer.serialize(bom, { sortLists: true, space: 2 });
}

const [directory, ...others] = process.argv.slice(2);
if (directory === undefined || others.length > 0) {
  console.error('usage: node release/sbom_debian.mjs DIRECTORY');
  process.exit(2);
}
const files = readdirSync(directory).filter((name) => name.endsWith('.deb'));
if (files.length === 0) {
  console.error(`There is no Debian package in ${directory}.`);
  process.exit(1);
}
for (const file of files) writeFileSync(join(directory, `${file}.cdx.json`), `${listOf(join(directory, file))}\n`);
