export interface Message {
  readonly tone: 'plain' | 'good' | 'bad';
  readonly text: string;
}

/** Shows a message. It is always in the page, because a live region announces only changes made while it is there. */
export function FormMessage({ tone, text }: Message) {
  return (
    <p className="message" data-testid="form-message" data-tone={tone} role={tone === 'bad' ? 'alert' : 'status'}>
      {text}
    </p>
  );
}
