// Writes src/generated/messages.ts: a TypeScript interface and a decoder of canonical JSON for each message of proto/
// that the client uses. Common Protobuf generators need a runtime library and give 64-bit integers as strings. The
// code generated here is plain data with bigint and needs no library.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import protobuf from 'protobufjs';

// Lists the messages that a server may send and those that a client sends. The messages they contain are added.
const DECODED = [
  'Account',
  'AuthenticatedFrame',
  'DigestTransactionsResponse',
  'GoingAwayFrame',
  'IssueTokenResponse',
  'ListTransactionsResponse',
  'ProgressFrame',
  'ReauthenticateFrame',
  'ResyncFrame',
  'TransactionCreatedFrame',
  'WatchTransactionsResponse',
  'WatchingFrame',
];
const ASKED = ['CreateTransactionRequest', 'DigestTransactionsRequest', 'GetAccountRequest', 'ListTransactionsRequest', 'WatchFrame'];

// Times stay RFC 3339 strings, because a Date would lose the microseconds.
const SCALARS = {
  string: { type: 'string', decoder: 'text' },
  bool: { type: 'boolean', decoder: 'flag' },
  int32: { type: 'number', decoder: 'int32' },
  int64: { type: 'bigint', decoder: 'int64' },
  'google.protobuf.Timestamp': { type: 'string', decoder: 'text' },
};

const here = dirname(fileURLToPath(import.meta.url));
const protoFolder = join(here, '../../../proto');
const target = join(here, '../src/generated/messages.ts');

const root = new protobuf.Root();
root.resolvePath = (origin, path) => (path.startsWith('google/protobuf/') ? path : join(protoFolder, path));
const files = ['account', 'auth', 'frames', 'transaction'].map((name) => `ledgercast/v1/${name}.proto`);
root.loadSync(files, { alternateCommentMode: true, preferTrailingComment: false });
root.resolveAll();

const find = (name) => root.lookupType(`ledgercast.v1.${name}`);
const typeName = (field) => field.resolvedType?.fullName.slice(1) ?? field.type;
const messageOf = (field) => (SCALARS[typeName(field)] ? undefined : field.resolvedType);

function shapeOf(field) {
  const name = typeName(field);
  const one = SCALARS[name] ?? (field.resolvedType && { type: field.resolvedType.name, decoder: decoderName(field.resolvedType) });
  if (!one) throw new Error(`${field.fullName}: no rule for ${name}`);
  if (field.map) return { type: `Readonly<Record<string, ${one.type}>>`, decoder: `dictionary(${one.decoder})` };
  if (field.repeated) return { type: `readonly ${one.type}[]`, decoder: `list(${one.decoder})` };
  const isOptional = field.options?.proto3_optional === true || messageOf(field) !== undefined;
  return isOptional ? { ...one, decoder: `optional(${one.decoder})`, isOptional } : one;
}

const decoderName = (message) => `decode${message.name}`;

const comment = (text, indent) => (text ? `${indent}/** ${text.trim().replace(/\s*\n\s*/g, `\n${indent} * `)} */\n` : '');

function interfaceOf(message) {
  const fields = message.fieldsArray.map((field) => {
    const { type, isOptional } = shapeOf(field);
    return `${comment(field.comment, '  ')}  readonly ${field.name}${isOptional ? '?' : ''}: ${type};\n`;
  });
  return `${comment(message.comment, '')}export interface ${message.name} {\n${fields.join('')}}\n`;
}

function decoderOf(message) {
  const fields = message.fieldsArray.map((field) => `  ${field.name}: ${shapeOf(field).decoder},\n`);
  return `export const ${decoderName(message)}: Decoder<${message.name}> = /* @__PURE__ */ message({\n${fields.join('')}});\n`;
}

/** Returns the messages in an order in which each one follows those that it contains. */
function inOrder(names) {
  const ordered = new Set();
  const visit = (message) => {
    for (const field of message.fieldsArray) if (messageOf(field)) visit(messageOf(field));
    ordered.add(message);
  };
  names.forEach((name) => visit(find(name)));
  return [...ordered];
}

const decoded = inOrder(DECODED);
const asked = inOrder(ASKED).filter((message) => !decoded.includes(message));
const parts = [
  '// Made from proto/ by scripts/messages.mjs.\n',
  "import { dictionary, flag, int32, int64, list, message, optional, text } from '../decode.js';\nimport type { Decoder } from '../decode.js';\n",
  ...decoded.flatMap((message) => [interfaceOf(message), decoderOf(message)]),
  ...asked.map(interfaceOf),
];
const text = parts.join('\n');
// The file is written only if it changed, so that a program running beside does not read it half written.
if (!existsSync(target) || readFileSync(target, 'utf8') !== text) {
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}
