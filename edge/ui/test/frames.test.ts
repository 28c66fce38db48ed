import { expect, it } from 'vitest';
import { FramePublisher } from '../src/model/frames';
import { FakeFrames } from './fakes';

it('publishes every second frame, however often something changes', () => {
  const frames = new FakeFrames();
  let published = 0;
  const publisher = new FramePublisher(() => (published += 1), frames);
  for (let frame = 0; frame < 10; frame += 1) {
    for (let change = 0; change < 50; change += 1) publisher.schedule();
    frames.frame();
  }
  expect(published).toBe(5);
  frames.frame();
  frames.frame();
  expect(published).toBe(6);
  frames.frame();
  expect(published).toBe(6);
});

it('publishes in the next frame what comes after a quiet time', () => {
  const frames = new FakeFrames();
  let published = 0;
  const publisher = new FramePublisher(() => (published += 1), frames);
  for (const expected of [1, 2, 3]) {
    frames.nowMs += 1000;
    publisher.schedule();
    frames.frame();
    expect(published).toBe(expected);
  }
});

it('leaves time to others where drawing is slow', () => {
  const frames = new FakeFrames();
  let published = 0;
  const publisher = new FramePublisher(() => {
    published += 1;
    frames.nowMs += 48;
  }, frames);
  for (let frame = 0; frame < 100; frame += 1) {
    publisher.schedule();
    frames.frame();
  }
  const sharePublishing = (48 * published) / frames.nowMs;
  expect(sharePublishing).toBeGreaterThan(0.3);
  expect(sharePublishing).toBeLessThan(0.55);
});
