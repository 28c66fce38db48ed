// Ends with 0 where kustomizations can be built on this machine, and says why not where they cannot.

import { kubectl } from './kubectl.mjs';

if ((await kubectl()) === undefined) {
  console.error(`not run: npm has kubectl for Linux on x86-64 only; on ${process.platform} ${process.arch} put one of 1.27 or newer on the PATH`);
  process.exitCode = 1;
}
