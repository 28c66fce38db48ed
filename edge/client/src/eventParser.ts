// Reads an event stream as the HTML standard says (9.2.6, "Interpreting an event stream"), from bytes that
// may be cut anywhere. An event is given out as soon as the line that ends it has ended.

import { ProtocolError } from './decode.js';

export interface ServerEvent {
  /** `message` where the stream names none. */
  readonly type: string;
  readonly data: string;
  /** The newest `id` of the stream, which may be that of an event before. */
  readonly lastEventId: string;
}

/** An event is at most a frame of the edge. More than this is not collected: memory stays bounded. */
const EVENT_CHARACTERS_MAX = 16_000_000;
/** A longer wait than this is taken for a mistake. */
const RETRY_MAX_MS = 10 * 60_000;

export class EventParser {
  // It drops a byte order mark at the beginning, and puts together characters that come in two chunks.
  private readonly decoder = new TextDecoder();
  /** The line that has not ended yet. */
  private line = '';
  /** The text so far ends with a CR; a LF that comes next belongs to it. */
  private isReturnLast = false;
  private type = '';
  /** Each line of it ends with a LF. */
  private data = '';
  private id = '';
  private retryNamedMs = 0;

  constructor(private readonly eventCharactersMax = EVENT_CHARACTERS_MAX) {}

  /** How long to wait before coming back, as the stream named it; 0 = it did not. */
  get retryMs(): number {
    return this.retryNamedMs;
  }

  /** Gives the events that end in `bytes`. Throws a ProtocolError where an event grows beyond the limit. */
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

  /** Ends the event. One without data is none. */
  private dispatch(): ServerEvent | null {
    const { type, data, id } = this;
    this.type = this.data = '';
    return data === '' ? null : { type: type || 'message', data: data.slice(0, -1), lastEventId: id };
  }
}
