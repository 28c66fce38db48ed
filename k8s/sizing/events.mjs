// What happens next, of all that is to happen: a heap by time. Of two at the same time the one that was
// added first comes first, so that a run can be repeated.

export class Events {
  #heap = [];
  #added = 0;

  get size() {
    return this.#heap.length;
  }

  add(time, what) {
    const entry = { time, order: this.#added++, what };
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(entry, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = entry;
  }

  /** The next one, `{ time, what }`; undefined where there is none. */
  take() {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (heap.length > 0) this.#sink(last);
    return first;
  }

  #sink(entry) {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) child++;
      if (!isBefore(heap[child], entry)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = entry;
  }
}

const isBefore = (a, b) => a.time < b.time || (a.time === b.time && a.order < b.order);
