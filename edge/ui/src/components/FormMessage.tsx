export interface Message {
  readonly tone: 'plain' | 'good' | 'bad';
  readonly text: string;
}

/** Always in the page: a live region only speaks of changes made while it is there. */
export function FormMessage({ tone, text }: Message) {
  return (
    <p className="message" data-testid="form-message" data-tone={tone} role={tone === 'bad' ? 'alert' : 'status'}>
      {text}
    </p>
  );
}
