// Reads an event stream as the HTML standard defines it (9.2.6, "Interpreting an event stream"), from bytes that may
// be cut anywhere. An event is returned as soon as the line that ends it is complete.

import { ProtocolError } from './decode.js';

export interface ServerEvent {
  /** The event's type, or `message` if the stream names none. */
  readonly type: string;
  readonly data: string;
  /** The newest `id` of the stream, which may come from an earlier event. */
  readonly lastEventId: string;
}

/** An event holds at most one frame of the edge. A longer event is an error, so that memory stays bounded. */
const EVENT_CHARACTERS_MAX = 16_000_000;
/** A longer wait than this is considered a mistake and limited. */
const RETRY_MAX_MS = 10 * 60_000;

export class EventParser {
  // Drops a byte order mark at the beginning, and joins characters that are split between two chunks.
  private readonly decoder = new TextDecoder();
  /** The line that has not ended yet. */
  private line = '';
  /** True if the text so far ends with a CR, so that a LF which comes next belongs to it. */
  private isReturnLast = false;
  private type = '';
  /** The event's data. Each of its lines ends with a LF. */
  private data = '';
  private id = '';
  private retryNamedMs = 0;

  constructor(private readonly eventCharactersMax = EVENT_CHARACTERS_MAX) {}

  /** The wait before coming back that the stream named; 0 if it named none. */
  get retryMs(): number {
    return this.retryNamedMs;
  }

  /** Yields the events that end in `bytes`. Throws a ProtocolError if an event grows beyond the limit. */
  *push(bytes: Uint8Array): Generator<ServerEvent, void, undefined> {
    const text = this.decoder.decode(bytes, { stream: true });
    if (text === '') return;
    let start = this.isReturnLast && text.startsWith('\n') ? 1 : 0;
    this.isReturnLast = text.endsWith('\r');
    const lineEnds = /\r\n?|\n/g;
    lineEnds.lastIndex = start;
    for (let end = lineEnds.exec(text); end !== null; end = lineEnds.exec(text)) {
      this.grow(text.slice(start, end.index));
      start = lineEnds.lastIndex;
      const event = this.endLine();
      if (event !== null) yield event;
    }
    this.grow(text.slice(start));
  }

  private grow(text: string): void {
    const size = this.line.length + text.length + this.data.length + this.type.length;
    if (size > this.eventCharactersMax) throw new ProtocolError(`an event of more than ${this.eventCharactersMax} characters`);
    this.line += text;
  }

  private endLine(): ServerEvent | null {
    const { line } = this;
    this.line = '';
    if (line === '') return this.dispatch();
    const colon = line.indexOf(':');
    // A line that begins with a colon is a comment: it keeps the connection up.
    if (colon !== 0) this.setField(colon < 0 ? line : line.slice(0, colon), colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, ''));
    return null;
  }

  private setField(name: string, value: string): void {
    switch (name) {
      case 'event':
        this.type = value;
        break;
      case 'data':
        this.data += `${value}\n`;
        break;
      case 'id':
        if (!value.includes('\0')) this.id = value;
        break;
      case 'retry':
        if (/^[0-9]+$/.test(value)) this.retryNamedMs = Math.min(Number(value), RETRY_MAX_MS);
        break;
    }
  }

  /** Ends the event and returns it. An event without data is dropped. */
  private dispatch(): ServerEvent | null {
    const { type, data, id } = this;
    this.type = this.data = '';
    return data === '' ? null : { type: type || 'message', data: data.slice(0, -1), lastEventId: id };
  }
}
