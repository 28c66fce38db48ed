// What the connection and the HTTP calls ask of a session.

/** The session is over and only a new sign-in helps. Any other failure may pass. */
export class SignedOutError extends Error {}

export interface TokenProvider {
  /** An access token that is good for a while yet; fetches a new one where needed. */
  accessToken(): Promise<string>;
  /** A new one in any case: the server refused the last, or it ends soon. */
  renewToken(): Promise<string>;
}
