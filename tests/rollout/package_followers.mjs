// Some who follow the log by @ledgercast/client, over everything that it can: what it hands on has to be as
// whole as what the other followers have, without their care.

import { createRequire } from 'node:module';
import { connect } from '../../edge/client/dist/index.js';
import { Record } from '../e2e/record.mjs';
import { Copy } from './copy.mjs';

// What tests/e2e has installed.
const WebSocket = createRequire(new URL('../e2e/package.json', import.meta.url))('ws');
const TRANSPORTS = ['websocket', 'sse', 'poll'];
const CATCH_UP_TIMEOUT_MS = 60_000;

const asJson = (value) => JSON.parse(JSON.stringify(value, (key, item) => (typeof item === 'bigint' ? String(item) : item)));

class PackageFollower {
  constructor({ url, transport, subject, isAdmin, token }) {
    this.subject = subject;
    this.record = new Record(`${subject} by the package's ${transport}`);
    this.record.rows = this.copy = new Copy(subject, isAdmin);
    this.client = connect({ url, token: () => token, WebSocket, transports: [transport] });
    const following = this.client.watch().forEach((batch) => {
      this.record.beginAt(batch.after);
      this.record.accept(asJson(batch));
    });
    following.catch((error) => this.record.fail(error));
  }

  summary() {
    const { name, sequence, repeats, failure } = this.record;
    return { name, subject: this.subject, sequence, repeats, failure: failure?.message, ...this.copy.summary() };
  }
}

/** Starts a follower for each of `people` by each transport. `finish(history)` answers what they have. */
export function startPackageFollowers(url, people) {
  const followers = TRANSPORTS.flatMap((transport) => people.map((person) => new PackageFollower({ url, transport, ...person })));
  return {
    async finish(history) {
      // Up to the last row of each: a poll that nothing comes of takes long. Who does not get there lacks rows.
      const lastOf = ({ subject, copy: { isAdmin } }) => history.findLast((row) => isAdmin || row.fromAccount === subject || row.toAccount === subject);
      await Promise.allSettled(followers.map((follower) => follower.record.waitForSequence(Number(lastOf(follower).sequence), CATCH_UP_TIMEOUT_MS)));
      return followers.map((follower) => follower.summary());
    },
    end() {
      for (const { client } of followers) client.close();
    },
  };
}
