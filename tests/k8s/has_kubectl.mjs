// Exits with 0 if kustomizations can be built on this machine, and otherwise says why not.

import { kubectl } from './kubectl.mjs';

if ((await kubectl()) === undefined) {
  console.error(`not run: npm has kubectl for Linux on x86-64 only; on ${process.platform} ${process.arch} put one of 1.27 or newer on the PATH`);
  process.exitCode = 1;
}
