// Tests that the programs accept the settings of the manifests, each name and each value.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { binaries } from '../e2e/processes.mjs';
import { Inventory } from './inventory.mjs';
import { render } from './render.mjs';

const WRONG_USAGE = 2;
const OVERLAYS = ['', 'overlays/dev', 'overlays/production'];
// An address where nothing listens. A healthcheck first reads its settings and then finds that out.
const NOBODY = '127.0.0.1:1';

const rendered = new Map();

before(async () => {
  for (const overlay of OVERLAYS) rendered.set(overlay, new Inventory(await render(overlay)));
});

function ask(program, settings) {
  const { status, stderr } = spawnSync(join(binaries, program), ['--healthcheck'], { encoding: 'utf8', env: { ...settings, LEDGERCAST_ADMIN_LISTEN: NOBODY } });
  return { status, stderr };
}

for (const overlay of OVERLAYS) {
  for (const program of ['ledgercast-edge', 'ledgercast-transaction-service']) {
    test(`${program} takes the settings of k8s/${overlay}`, () => {
      const { settings } = [...rendered.get(overlay).containers()].find(({ container, isInit }) => !isInit && container.command?.[0] === `/usr/bin/${program}`);
      assert.ok(Object.keys(settings).length > 5);
      const { status, stderr } = ask(program, settings);
      assert.equal(status, 1, stderr);
    });
  }
}

test('a value that a program does not take is noticed', () => {
  assert.equal(ask('ledgercast-edge', { LEDGERCAST_MAX_SOCKETS: 'many' }).status, WRONG_USAGE);
});
