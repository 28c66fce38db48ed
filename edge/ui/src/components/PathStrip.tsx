// Shows the way of a transaction from its commit to this page: how each station is, and where the way is broken.

import type { Status } from '@ledgercast/client';
import { t } from '../messages';
import { formatCount } from '../model/money';
import { isBehindEdge, kindOf } from '../model/connection';
import type { StateKind } from '../model/connection';
import { ConnectionState } from './ConnectionState';
import { ProofButton } from './ProofButton';
import { useSnapshot } from './useLedger';

export function PathStrip() {
  const status = useSnapshot((snapshot) => snapshot.status);
  const kind = kindOf(status);
  const isUp = kind === 'live' || kind === 'away' || kind === 'catchingUp';
  const position = status?.position ?? 0n;
  const head = status?.head ?? null;
  // This is also known if it is the reason why no stream can be opened.
  const away = isBehindEdge(status?.broken) ? t.path.away[status.broken] : null;
  const committed = head !== null && head > position ? head : position;
  return (
    <section className="card path" aria-labelledby="path-title">
      <h2 id="path-title" className="visually-hidden">
        {t.path.title}
      </h2>
      <ConnectionState />
      <ol className="path-map" data-state={kind}>
        <Station
          name={t.path.ledger}
          detail={away ?? (committed > 0n ? t.path.number(formatCount(committed)) : t.path.none)}
          tone={away !== null ? 'bad' : isUp ? 'good' : 'quiet'}
        />
        <Hop state={away !== null ? 'cut' : isUp ? 'open' : 'unknown'} label="" />
        <Station
          name={t.path.edge}
          detail={isUp && status?.transport ? t.path.transports[status.transport] : t.path.cut}
          tone={isUp ? 'good' : kind === 'offline' ? 'quiet' : 'bad'}
        />
        <Hop state={hopToHere(kind)} label={isUp ? delayOf(status) : ''} />
        <Station
          name={t.path.here}
          detail={kind === 'offline' ? t.path.offline : position > 0n ? t.path.number(formatCount(position)) : t.path.none}
          tone={kind === 'offline' ? 'bad' : kind === 'live' ? 'good' : kind === 'catchingUp' ? 'warn' : 'quiet'}
        />
      </ol>
      <ProofButton />
    </section>
  );
}

function hopToHere(kind: StateKind): 'open' | 'moving' | 'cut' {
  if (kind === 'live' || kind === 'away') return 'open';
  return kind === 'catchingUp' || kind === 'connecting' ? 'moving' : 'cut';
}

/** Returns the delay as text. It is never below zero, even if the clocks disagree. */
function delayOf(status: Status | null): string {
  const delayMs = status?.delayMs ?? null;
  if (delayMs === null) return '';
  const shownMs = Math.max(0, Math.round(delayMs));
  return shownMs < 1000 ? t.path.delay(String(shownMs)) : t.path.seconds((shownMs / 1000).toFixed(1));
}

interface StationProps {
  readonly name: string;
  readonly detail: string;
  readonly tone: 'good' | 'warn' | 'bad' | 'quiet';
}

function Station({ name, detail, tone }: StationProps) {
  return (
    <li className="station" data-tone={tone}>
      <span className="station-dot" aria-hidden="true" />
      <span className="station-name">{name}</span>
      <span className="station-detail">{detail}</span>
    </li>
  );
}

function Hop({ state, label }: { readonly state: 'open' | 'moving' | 'cut' | 'unknown'; readonly label: string }) {
  return (
    <li className="hop" data-hop={state} aria-hidden={label === ''}>
      <span className="hop-line" aria-hidden="true" />
      {label !== '' && (
        <span className="hop-label" title={t.path.delayTitle} data-testid="delay">
          {label}
        </span>
      )}
    </li>
  );
}
