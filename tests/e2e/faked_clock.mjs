// Gives one program another wall clock, which may step while the program runs. Its steady clock is not changed. It
// uses Debian's `faketime`.

import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

function library() {
  for (const folder of readdirSync('/usr/lib', { withFileTypes: true })) {
    const path = join('/usr/lib', folder.name, 'faketime');
    if (folder.isDirectory() && /-linux-gnu$/.test(folder.name)) return join(path, 'libfaketimeMT.so.1');
  }
  throw new Error('libfaketime is missing: apt-get install faketime');
}

export class FakedClock {
  /** Makes a clock that is `seconds` ahead of the machine's. */
  constructor(folder, seconds) {
    this.file = join(folder, `clock-${process.hrtime.bigint()}`);
    this.set(seconds);
  }

  set(seconds) {
    writeFileSync(this.file, `${seconds >= 0 ? '+' : ''}${seconds}s\n`);
  }

  get env() {
    return {
      LD_PRELOAD: library(),
      FAKETIME_TIMESTAMP_FILE: this.file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    };
  }
}
