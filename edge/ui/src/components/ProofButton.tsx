import { t } from '../messages';
import type { ProofState } from '../model/copy';
import { formatCount } from '../model/money';
import { useLedger, useSnapshot } from './useLedger';

export function ProofButton() {
  const ledger = useLedger();
  const proof = useSnapshot((snapshot) => snapshot.proof);
  const isBusy = proof.kind === 'proving';
  return (
    <div className="proof">
      <button
        type="button"
        className="button-quiet"
        data-testid="prove"
        title={t.proof.hint}
        aria-disabled={isBusy}
        onClick={() => void ledger.prove()}
      >
        <svg viewBox="0 0 20 20" aria-hidden="true">
          <path d="M10 2.2 16.5 5v4.6c0 3.9-2.7 6.9-6.5 8.2-3.8-1.3-6.5-4.3-6.5-8.2V5L10 2.2Z" />
          <path d="m7 9.8 2.2 2.2L13.2 8" />
        </svg>
        {isBusy ? t.proof.busy : t.proof.button}
      </button>
      <p className="proof-result" role="status" data-testid="proof-result" data-kind={proof.kind}>
        {resultOf(proof)}
      </p>
    </div>
  );
}

function resultOf(proof: ProofState): string {
  switch (proof.kind) {
    case 'proved':
      return (proof.fromBeginning ? t.proof.whole : t.proof.since)(formatCount(proof.count));
    case 'differs':
    case 'failed':
      return t.proof[proof.kind];
    default:
      return '';
  }
}
