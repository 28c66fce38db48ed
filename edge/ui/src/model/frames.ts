// Decides when the page is drawn again. After a quiet time it is at once, otherwise every second frame. On a slow
// device it is less often, so that there is time to process what arrives.

export interface FrameClock {
  now(): number;
  requestFrame(callback: () => void): void;
  /** Calls `callback` after the present frame was laid out and painted. */
  afterFrame(callback: () => void): void;
}

export const browserFrames: FrameClock = {
  now: () => performance.now(),
  requestFrame: (callback) => void requestAnimationFrame(callback),
  afterFrame: (callback) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      callback();
    };
    port2.postMessage(null);
  },
};

/** Rows that change faster cannot be read. The frames in between are for scrolling and typing. */
const INTERVAL_MS = 30;
/** Longest pause, so that even a slow page moves. */
const PAUSE_MAX_MS = 500;

export class FramePublisher {
  private isDue = false;
  private notBeforeMs = -Infinity;

  constructor(
    private readonly publish: () => void,
    private readonly clock: FrameClock = browserFrames,
  ) {}

  /** Must be called when something has changed. */
  schedule(): void {
    if (this.isDue) return;
    this.isDue = true;
    this.clock.requestFrame(this.run);
  }

  private readonly run = (): void => {
    const startMs = this.clock.now();
    if (startMs < this.notBeforeMs) {
      this.clock.requestFrame(this.run);
      return;
    }
    this.isDue = false;
    this.publish();
    this.clock.afterFrame(() => {
      const endMs = this.clock.now();
      // Half of the time is left for other work.
      this.notBeforeMs = Math.max(startMs + INTERVAL_MS, endMs + Math.min(PAUSE_MAX_MS, endMs - startMs));
    });
  };
}
