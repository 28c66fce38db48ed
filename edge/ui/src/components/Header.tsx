import { useState } from 'react';
import { t } from '../messages';
import { THEMES, currentTheme, setTheme } from '../model/theme';
import { ConnectionState } from './ConnectionState';
import { useLedger } from './useLedger';
import { VIEWS, addressOf } from './useView';
import type { View } from './useView';

interface HeaderProps {
  readonly username: string | null;
  readonly view: View;
  readonly isAdmin: boolean;
  readonly onHelp: () => void;
}

export function Header({ username, view, isAdmin, onHelp }: HeaderProps) {
  const ledger = useLedger();
  return (
    <header className="header" data-signed-in={username !== null}>
      <h1 className="brand">
        <svg className="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="9" />
          <path d="M8.5 10.5h15M8.5 16h10.5M8.5 21.5h6" />
          <circle cx="22" cy="21.5" r="2.4" />
        </svg>
        <span className="brand-name">{t.brand}</span>
      </h1>
      {username === null ? (
        <ConnectionState />
      ) : (
        <nav className="tabs" aria-label={t.nav.label}>
          {VIEWS.filter((name) => name !== 'accounts' || isAdmin).map((name) => (
            <a key={name} href={addressOf(name)} aria-current={name === view ? 'page' : undefined} data-testid={`view-${name}`}>
              {t.nav[name]}
            </a>
          ))}
        </nav>
      )}
      <div className="header-user">
        {username !== null && (
          <span className="header-name" data-testid="subject">
            {username}
          </span>
        )}
        <ThemeButton />
        {username !== null && (
          <>
            <button type="button" className="button-icon help-button" aria-label={t.header.help} title={t.header.help} onClick={onHelp}>
              <span aria-hidden="true">?</span>
            </button>
            <button type="button" className="button-quiet" data-testid="sign-out" onClick={() => ledger.signOut()}>
              {t.header.signOut}
            </button>
          </>
        )}
      </div>
    </header>
  );
}

const THEME_PATHS = {
  system: 'M10 3a7 7 0 1 0 0 14V3Z',
  light: 'M10 6.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7ZM10 1.5v2M10 16.5v2M1.5 10h2M16.5 10h2M4 4l1.4 1.4M14.6 14.6 16 16M4 16l1.4-1.4M14.6 5.4 16 4',
  dark: 'M16.5 12.2A7 7 0 0 1 7.8 3.5a7 7 0 1 0 8.7 8.7Z',
} as const;

function ThemeButton() {
  const [theme, setShown] = useState(currentTheme);
  const label = t.header.theme(t.header.themes[theme]);
  const change = () => {
    const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]!;
    setTheme(next);
    setShown(next);
  };
  return (
    <button type="button" className="button-icon" aria-label={label} title={label} onClick={change}>
      <svg viewBox="0 0 20 20" aria-hidden="true" data-theme-icon={theme}>
        {theme === 'system' && <circle cx="10" cy="10" r="7" />}
        <path d={THEME_PATHS[theme]} />
      </svg>
    </button>
  );
}
