export { Client, connect } from './client.js';
export type { ConnectOptions, NewTransaction, StatusEvent } from './client.js';
export type { Clock, Environment, Fetch, Network, SocketConstructor, SocketLike } from './environment.js';
export { LedgercastError, REASON } from './errors.js';
export type {
  Account,
  DigestTransactionsRequest,
  DigestTransactionsResponse,
  ListTransactionsRequest,
  ListTransactionsResponse,
  ResyncFrame,
  Transaction,
} from './generated/messages.js';
export type { Leg } from './legs.js';
export type { Batch } from './position.js';
export type { Proof, ProofOptions, Proved } from './proof.js';
export type { RequestOptions } from './requests.js';
export { Session, passwordTokens } from './session.js';
export type { SessionOptions, SessionStorage } from './session.js';
export type { TabChannel, TabLocks } from './tabs.js';
export type { State, Status } from './status.js';
export type { Transport } from './stream.js';
export type { TokenProvider } from './tokens.js';
export { uuidV7 } from './uuid.js';
export type { Watch, WatchOptions } from './watch.js';
