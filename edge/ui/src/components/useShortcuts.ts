// Lets a key do what a click does, unless somebody is typing. It can be turned off in the help, for people whose
// speech input or hands press keys unintentionally.

import { useEffect } from 'react';
import type { View } from './useView';

const KEY = 'ledgercast.shortcuts';

export const areShortcutsOn = (): boolean => localStorage.getItem(KEY) !== 'off';
export const setShortcutsOn = (isOn: boolean): void => localStorage.setItem(KEY, isOn ? 'on' : 'off');

interface Shortcuts {
  readonly go: (view: View) => void;
  readonly isAdmin: boolean;
  readonly openHelp: () => void;
}

/** Finds a control by the name in its `data-shortcut`. */
function reach(name: string, act: (control: HTMLElement) => void): void {
  const control = document.querySelector<HTMLElement>(`[data-shortcut="${name}"]`);
  if (control !== null) act(control);
}

export function useShortcuts({ go, isAdmin, openHelp }: Shortcuts): void {
  useEffect(() => {
    const focus = (control: HTMLElement) => control.focus();
    const click = (control: HTMLElement) => control.click();
    const inList = (name: string, act: (control: HTMLElement) => void) => {
      go('live');
      requestAnimationFrame(() => reach(name, act));
    };
    const actions: Readonly<Record<string, () => void>> = {
      n: () => inList('send', focus),
      '/': () => inList('filter', focus),
      p: () => inList('pause', click),
      l: () => inList('jump', click),
      1: () => go('live'),
      2: () => go('activity'),
      3: () => isAdmin && go('accounts'),
      '?': openHelp,
    };
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const isTyping = target.closest('input, select, textarea, dialog') !== null;
      const isChord = event.ctrlKey || event.metaKey || event.altKey;
      const action = actions[event.key];
      if (action === undefined || isTyping || isChord || !areShortcutsOn()) return;
      event.preventDefault();
      action();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [go, isAdmin, openHelp]);
}
