// Announces new transactions to screen readers. It speaks one sentence at a time, and not more often than people can
// listen to.

import { useEffect, useRef, useState } from 'react';
import { t } from '../messages';
import { formatCount, formatMoney } from '../model/money';
import type { Row } from '../model/rows';
import { useLedger, useNow } from './useLedger';

const EVERY_MS = 10_000;

export function Announcer({ account }: { readonly account: string }) {
  const { store } = useLedger();
  const nowMs = useNow(EVERY_MS);
  const said = useRef<number | null>(null);
  const [text, setText] = useState('');
  useEffect(() => {
    if (store.freshFrom === Infinity) return;
    const from = said.current ?? store.log.end;
    const count = store.log.end - from;
    said.current = store.log.end;
    if (count > 0) setText(count === 1 ? inWords(store.log.newest!, account) : t.list.arrived(formatCount(count)));
  }, [store, account, nowMs]);
  return (
    <p className="visually-hidden" role="status">
      {text}
    </p>
  );
}

function inWords({ fromAccount, toAccount, amount, currency }: Row, account: string): string {
  const money = formatMoney(amount, currency);
  if (toAccount === account) return t.list.received(money, fromAccount);
  return fromAccount === account ? t.list.sent(money, toAccount) : t.list.moved(money, fromAccount, toAccount);
}
