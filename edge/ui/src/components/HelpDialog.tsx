import { useEffect, useRef, useState } from 'react';
import { t } from '../messages';
import { areShortcutsOn, setShortcutsOn } from './useShortcuts';

export function HelpDialog({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [isOn, setIsOn] = useState(areShortcutsOn);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="help-title" onClose={onClose}>
      <h2 id="help-title" className="card-title">
        {t.help.title}
      </h2>
      <dl className="keys">
        {Object.entries(t.help.keys).map(([keys, meaning]) => (
          <div key={keys}>
            <dt>
              {keys.split(' ').map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <label className="check">
        <input
          type="checkbox"
          checked={isOn}
          onChange={({ target }) => {
            setShortcutsOn(target.checked);
            setIsOn(target.checked);
          }}
        />
        {t.help.enabled}
      </label>
      <button type="button" className="button-quiet" onClick={onClose}>
        {t.help.close}
      </button>
    </dialog>
  );
}
