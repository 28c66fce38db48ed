import { Suspense, lazy, useEffect, useState } from 'react';
import { t } from '../messages';
import { Announcer } from './Announcer';
import { BalanceCard } from './BalanceCard';
import { Header } from './Header';
import { HelpDialog } from './HelpDialog';
import { PathStrip } from './PathStrip';
import { SendForm } from './SendForm';
import { SignIn } from './SignIn';
import { TransactionList } from './TransactionList';
import { useSnapshot } from './useLedger';
import { useShortcuts } from './useShortcuts';
import { useView } from './useView';

const Activity = lazy(() => import('./Activity').then(({ Activity }) => ({ default: Activity })));
const Accounts = lazy(() => import('./Accounts').then(({ Accounts }) => ({ default: Accounts })));

export function App() {
  const username = useSnapshot((snapshot) => snapshot.username);
  useEffect(() => {
    document.title = username === null ? t.brand : t.signedInAs(username);
  }, [username]);
  return username === null ? <Entrance /> : <Rooms key={username} username={username} />;
}

function Entrance() {
  return (
    <div className="page page-entrance">
      <Header username={null} view="live" isAdmin={false} onHelp={() => undefined} />
      <SignIn />
    </div>
  );
}

function Rooms({ username }: { readonly username: string }) {
  const isAdmin = useSnapshot((snapshot) => snapshot.isAdmin);
  const [view, go] = useView(isAdmin);
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  useShortcuts({ go, isAdmin, openHelp: () => setIsHelpOpen(true) });
  return (
    <div className="page">
      <a className="skip" href="#content" onClick={skip}>
        {t.skip}
      </a>
      <Header username={username} view={view} isAdmin={isAdmin} onHelp={() => setIsHelpOpen(true)} />
      <main id="content" className="content" tabIndex={-1}>
        <PathStrip />
        {/* This view is hidden and not removed, so a half-typed transfer and a paused list are kept. */}
        <div className="live" hidden={view !== 'live'}>
          <div className="side">
            <BalanceCard account={username} />
            <SendForm account={username} isAdmin={isAdmin} />
          </div>
          <TransactionList account={isAdmin ? null : username} isShown={view === 'live'} />
        </div>
        <Suspense fallback={<p className="empty">{t.activity.loading}</p>}>
          {view === 'activity' && <Activity account={username} />}
          {view === 'accounts' && <Accounts />}
        </Suspense>
      </main>
      <Announcer account={username} />
      <HelpDialog isOpen={isHelpOpen} onClose={() => setIsHelpOpen(false)} />
    </div>
  );
}

/** Moves the focus to the content. It leaves the address unchanged, because the address names the view. */
function skip(event: { preventDefault(): void }): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}
