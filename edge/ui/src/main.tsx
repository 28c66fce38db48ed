import '@fontsource-variable/figtree/wght.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/layout.css';
import './styles/forms.css';
import './styles/path.css';
import './styles/list.css';
import './styles/list-narrow.css';
import './styles/charts.css';
import './styles/accounts.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './components/App';
import { LedgerContext } from './components/useLedger';
import { language } from './messages';
import { Ledger } from './model/ledger';
import { applyTheme } from './model/theme';

document.documentElement.lang = language;
applyTheme();

const ledger = new Ledger(location.origin);

document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') ledger.hurry();
});

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <LedgerContext value={ledger}>
      <App />
    </LedgerContext>
  </StrictMode>,
);
