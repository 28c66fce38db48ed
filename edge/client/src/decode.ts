// Reads canonical Protobuf JSON into plain data. Fields with their default value may be left out, so
// every reader has a default; 64-bit integers come as strings and become bigint, since a `number`
// would lose cents above 2^53. What comes from the network is believed only after this.

/** The peer sent something that the contract does not allow. */
export class ProtocolError extends Error {}

export type Decoder<T> = (value: unknown) => T;

const isAbsent = (value: unknown): boolean => value === undefined || value === null;

export const text: Decoder<string> = (value) => {
  if (isAbsent(value)) return '';
  if (typeof value !== 'string') throw new ProtocolError('expected a string');
  return value;
};

export const flag: Decoder<boolean> = (value) => {
  if (isAbsent(value)) return false;
  if (typeof value !== 'boolean') throw new ProtocolError('expected true or false');
  return value;
};

export const int64: Decoder<bigint> = (value) => {
  if (isAbsent(value)) return 0n;
  const isDecimal = typeof value === 'string' && /^-?\d{1,19}$/.test(value);
  if (!isDecimal && !Number.isSafeInteger(value)) throw new ProtocolError('expected an integer');
  return BigInt(value as string | number);
};

export const int32: Decoder<number> = (value) => Number(int64(value));

export const optional =
  <T>(decode: Decoder<T>): Decoder<T | undefined> =>
  (value) =>
    isAbsent(value) ? undefined : decode(value);

export const list =
  <T>(decode: Decoder<T>): Decoder<readonly T[]> =>
  (value) => {
    if (isAbsent(value)) return [];
    if (!Array.isArray(value)) throw new ProtocolError('expected a list');
    return value.map(decode);
  };

export const dictionary =
  <T>(decode: Decoder<T>): Decoder<Readonly<Record<string, T>>> =>
  (value) =>
    Object.fromEntries(Object.entries(object(value)).map(([key, item]) => [key, decode(item)]));

/** Decodes an object field by field. Ignores fields that it does not know: newer servers may send more. */
export function message<T>(fields: { readonly [Name in keyof T]-?: Decoder<T[Name] | undefined> }): Decoder<T> {
  const readers = Object.entries<Decoder<unknown>>(fields);
  return (value) => {
    const source = object(value);
    const result: Record<string, unknown> = {};
    for (const [name, decode] of readers) {
      const field = decode(source[name]);
      if (field !== undefined) result[name] = field;
    }
    return result as T;
  };
}

export function object(value: unknown): Record<string, unknown> {
  if (isAbsent(value)) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw new ProtocolError('expected an object');
  return value as Record<string, unknown>;
}

export function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    throw new ProtocolError('not JSON');
  }
}

/** The other way: canonical JSON of a request. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => (typeof item === 'bigint' ? item.toString() : item));
}
