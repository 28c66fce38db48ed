// Where the connection stands, for whoever shows it.

export type ConnectionStatus =
  | { readonly kind: 'signedOut' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'catchingUp' }
  | { readonly kind: 'live' }
  /** `isAsked`: the server named the wait, so nothing may cut it short. */
  | { readonly kind: 'waiting'; readonly untilMs: number; readonly isAsked: boolean }
  /** Coming back would end the same way. */
  | { readonly kind: 'stopped'; readonly message: string };
