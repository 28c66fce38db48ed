import type { Snapshot } from '../ledger';
import { ConnectionState } from './ConnectionState';

interface HeaderProps {
  readonly snapshot: Snapshot;
  readonly onSignOut: () => void;
  readonly onReconnect: () => void;
}

export function Header({ snapshot, onSignOut, onReconnect }: HeaderProps) {
  const { username, status } = snapshot;
  return (
    <header className="header" data-signed-in={username !== null}>
      <h1 className="brand">
        <svg className="brand-mark" viewBox="0 0 32 32" aria-hidden="true">
          <rect width="32" height="32" rx="9" />
          <path d="M8.5 10.5h15M8.5 16h10.5M8.5 21.5h6" />
          <circle cx="22" cy="21.5" r="2.4" />
        </svg>
        <span className="brand-name">Ledgercast</span>
      </h1>
      <div className="header-state">
        <ConnectionState status={status} />
        {status.kind === 'stopped' && (
          <button type="button" className="button-quiet" onClick={onReconnect}>
            Connect again
          </button>
        )}
      </div>
      {username !== null && (
        <div className="header-user">
          <span className="header-name" data-testid="subject">
            {username}
          </span>
          <button type="button" className="button-quiet" data-testid="sign-out" onClick={onSignOut}>
            Sign out
          </button>
        </div>
      )}
    </header>
  );
}
