import '@fontsource-variable/inter/wght.css';
import './styles.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Api } from './api';
import { browserClock } from './clock';
import { App } from './components/App';
import type { SocketLike } from './connection';
import { Ledger } from './ledger';
import { Session } from './session';

const streamUrl = new URL('/v1/stream', location.href);
streamUrl.protocol = location.protocol === 'https:' ? 'wss:' : 'ws:';

const api = new Api((input, init) => fetch(input, init));
const session = new Session(api, sessionStorage, () => Date.now());
const ledger = new Ledger(api, session, {
  openSocket: (protocols) => new WebSocket(streamUrl, protocols) as SocketLike,
  clock: browserClock,
  random: () => Math.random(),
});

addEventListener('online', () => ledger.hurry());
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') ledger.hurry();
});

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App ledger={ledger} />
  </StrictMode>,
);
