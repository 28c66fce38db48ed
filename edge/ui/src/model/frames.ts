// When the page is drawn again: at once where it has been quiet, else every second frame, and on a slow
// device so seldom that drawing leaves time to what comes in.

export interface FrameClock {
  now(): number;
  requestFrame(callback: () => void): void;
  /** From within a frame: once it has been laid out and painted. */
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

/** Rows that change more often cannot be read; the frames between are for scrolling and typing. */
const INTERVAL_MS = 30;
/** However slow, the page moves. */
const PAUSE_MAX_MS = 500;

export class FramePublisher {
  private isDue = false;
  private notBeforeMs = -Infinity;

  constructor(
    private readonly publish: () => void,
    private readonly clock: FrameClock = browserFrames,
  ) {}

  /** Something has changed. */
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
      // Half of the time is for others.
      this.notBeforeMs = Math.max(startMs + INTERVAL_MS, endMs + Math.min(PAUSE_MAX_MS, endMs - startMs));
    });
  };
}
