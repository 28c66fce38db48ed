// Chooses the page's texts in the reader's language, if there is a file for it. A new language needs a file like
// en.ts and a line here; its type checks that no text is missing.

import { en } from './en';

export type Messages = typeof en;

const LANGUAGES: Readonly<Record<string, Messages>> = { en };

function pick(wanted: readonly string[]): { readonly language: string; readonly messages: Messages } {
  for (const tag of wanted) {
    const language = tag.split('-')[0]!.toLowerCase();
    const messages = LANGUAGES[language];
    if (messages !== undefined) return { language, messages };
  }
  return { language: 'en', messages: en };
}

const picked = pick(globalThis.navigator?.languages ?? []);

export const t = picked.messages;
/** Language for the `lang` of the document. */
export const language = picked.language;
