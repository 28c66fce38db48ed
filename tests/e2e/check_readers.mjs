import assert from 'node:assert/strict';
import { checkRecord } from './history.mjs';
import { RpcReader } from './readers.mjs';

/**
 * Waits until all of `readers` ({ viewer, isAdmin, reader }) have the whole history, stops them, and checks what they
 * have. A stream of the service must have shown nothing twice.
 */
export async function checkReaders(readers, history, timeoutMs) {
  await Promise.all(readers.map(({ reader }) => reader.record.waitForSequence(history.length, timeoutMs)));
  await Promise.all(readers.map(({ reader }) => reader.stop()));
  for (const { viewer, isAdmin, reader } of readers) {
    checkRecord(reader.record, history, { viewer, isAdmin });
    if (reader instanceof RpcReader) assert.equal(reader.record.repeats, 0, `${reader.record.name} was told something twice`);
  }
}
