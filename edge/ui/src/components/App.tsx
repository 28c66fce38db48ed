import { useEffect, useSyncExternalStore } from 'react';
import type { Ledger } from '../ledger';
import { Balance } from './Balance';
import { Header } from './Header';
import { SendForm } from './SendForm';
import { SignIn } from './SignIn';
import { TransactionList } from './TransactionList';

export function App({ ledger }: { readonly ledger: Ledger }) {
  const snapshot = useSyncExternalStore(ledger.subscribe, ledger.snapshot);
  const { username, admin, currency, feed } = snapshot;

  useEffect(() => {
    document.title = username === null ? 'Ledgercast' : `${username} · Ledgercast`;
  }, [username]);

  return (
    <div className="page">
      <Header snapshot={snapshot} onSignOut={() => ledger.signOut()} onReconnect={() => ledger.reconnect()} />
      {username === null ? (
        <SignIn notice={snapshot.notice} signIn={(name, password) => ledger.signIn(name, password)} />
      ) : (
        <main className="columns">
          <div className="side">
            <Balance
              account={username}
              displayName={snapshot.displayName}
              amount={feed.balances.get(username)}
              currency={currency}
            />
            <SendForm ledger={ledger} account={username} admin={admin} ownCurrency={currency} rows={feed.rows} />
          </div>
          <TransactionList feed={feed} account={username} admin={admin} status={snapshot.status} />
        </main>
      )}
    </div>
  );
}
