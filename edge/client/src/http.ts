// Calls the edge over HTTP. A call is one request; its result is an answer or the reason why there is none.

import { ProtocolError, object, parseJson } from './decode.js';
import type { Decoder } from './decode.js';
import type { Environment } from './environment.js';
import { LedgercastError, decodeError, unreachable } from './errors.js';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: object;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly token?: string;
}

export interface Refusal {
  readonly error: LedgercastError;
  readonly status: number;
  /** The wait that the answer named; 0 if it named none. */
  readonly retryAfterMs: number;
  /** True if the answer does not come from an edge but from something in between, such as a proxy. */
  readonly isForeign: boolean;
}

/** Returns http(s)://host[:port][/folder], without a slash, query or hash at the end. */
export function baseOf(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname.replace(/\/+$/, '')}`;
}

export function send(environment: Pick<Environment, 'fetch'>, base: string, request: HttpRequest, signal: AbortSignal): Promise<Response> {
  const { method, path, query, body, headers, token } = request;
  return environment.fetch(`${base}${path}${queryOf(query ?? {})}`, {
    method,
    headers: {
      ...headers,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body }),
    // The edge looks only at the token, and answers must not come from a cache.
    cache: 'no-store',
    credentials: 'omit',
    signal,
  });
}

/** Returns the decoded answer. Throws a LedgercastError. */
export async function call<T>(
  environment: Pick<Environment, 'fetch'>,
  base: string,
  request: HttpRequest,
  decode: Decoder<T>,
  signal: AbortSignal,
): Promise<T> {
  let response: Response;
  let text: string;
  try {
    response = await send(environment, base, request, signal);
    text = await response.text();
  } catch {
    throw unreachable('no answer');
  }
  if (!response.ok) throw refusalOf(response, text).error;
  try {
    return decode(parseJson(text));
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    throw unreachable('the answer cannot be read');
  }
}

export function refusalOf(response: Response, text: string): Refusal {
  const { status } = response;
  const retryAfterMs = 1000 * (Number(response.headers.get('retry-after')) || 0);
  try {
    const body = object(parseJson(text));
    if (body.error !== undefined) return { error: decodeError(body.error), status, retryAfterMs, isForeign: false };
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
  // A proxy answers in its own format, but its status code can be used.
  return { error: new LedgercastError(CODES.get(status) ?? 'UNAVAILABLE', '', `HTTP status ${status}`), status, retryAfterMs, isForeign: true };
}

const CODES: ReadonlyMap<number, string> = new Map([
  [400, 'INVALID_ARGUMENT'],
  [401, 'UNAUTHENTICATED'],
  [403, 'PERMISSION_DENIED'],
  [404, 'NOT_FOUND'],
  [409, 'ABORTED'],
  [413, 'INVALID_ARGUMENT'],
  [429, 'RESOURCE_EXHAUSTED'],
]);

function queryOf(fields: object): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of [value].flat()) if (one !== undefined) query.append(name, String(one));
  }
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}
