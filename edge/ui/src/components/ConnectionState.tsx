import { useEffect, useState } from 'react';
import type { ConnectionStatus } from '../connectionStatus';

const TICK_MS = 250;

export function ConnectionState({ status }: { readonly status: ConnectionStatus }) {
  const nowMs = useNowWhile(status.kind === 'waiting');
  return (
    <p className="state" data-state={status.kind}>
      <span className="state-dot" aria-hidden="true" />
      <span data-testid="connection-state">{inWords(status, nowMs)}</span>
      {/* Apart from what is seen: a countdown must not be read out every second. */}
      <span className="visually-hidden" role="status">
        {status.kind === 'waiting' ? 'Connection lost, reconnecting' : inWords(status, 0)}
      </span>
    </p>
  );
}

function inWords(status: ConnectionStatus, nowMs: number): string {
  switch (status.kind) {
    case 'signedOut':
      return 'Signed out';
    case 'connecting':
      return 'Connecting';
    case 'catchingUp':
      return 'Catching up';
    case 'live':
      return 'Live';
    case 'waiting':
      return `Reconnecting in ${Math.max(0, Math.ceil((status.untilMs - nowMs) / 1000))} s`;
    case 'stopped':
      return status.message === '' ? 'Disconnected by the server' : `Disconnected: ${status.message}`;
  }
}

function useNowWhile(isNeeded: boolean): number {
  const [nowMs, setNowMs] = useState(() => Date.now());
  useEffect(() => {
    if (!isNeeded) return undefined;
    const tick = () => setNowMs(Date.now());
    tick();
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  }, [isNeeded]);
  return nowMs;
}
