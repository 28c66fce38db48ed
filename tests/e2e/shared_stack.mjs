// The stack of a test file, which importing this starts before the file's first test and stops after its last. It has
// the account ann, and `token` is hers.

import { after, before } from 'node:test';
import { Stack } from './stack.mjs';

export let stack;
export let token;

before(async () => {
  stack = await Stack.startWithAccounts(['ann']);
  token = await stack.token('ann');
});
after(() => stack?.stop());
