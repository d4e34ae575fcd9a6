import { useEffect, useState } from 'react';
import { Dialog } from '../components/Dialog';
import { WalletIcon } from '../components/icons';
import { connect, type Found, watchFound } from '../wallet/engine';
import { toRefusal } from '../wallet/refusal';
import { askForWallet } from '../wallet/store';
import styles from './WalletButton.module.css';

/** The wallets that announced themselves in this browser (EIP-6963). */
export default function WalletDialog() {
  const [found, setFound] = useState<Found[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  useEffect(() => {
    let stop = () => {};
    let left = false;
    watchFound(setFound).then(
      (stopWatching) => (left ? stopWatching() : (stop = stopWatching)),
      (thrown: unknown) => setError(toRefusal(thrown).message),
    );
    return () => {
      left = true;
      stop();
    };
  }, []);
  const choose = (id: string) => {
    setError(null);
    connect(id).then(
      () => askForWallet(false),
      (thrown: unknown) => setError(toRefusal(thrown).message),
    );
  };
  return (
    <Dialog title="Connect a wallet" onClose={() => askForWallet(false)}>
      {found === null && error === null && <p className={styles.quiet}>Looking for wallets…</p>}
      {found?.length === 0 && (
        <p className={styles.quiet}>
          No wallet was found in this browser. Install an extension that announces itself (EIP-6963), such as MetaMask,
          Rabby or Frame, then come back. Without one you can look at everything and buy nothing.
        </p>
      )}
      {found !== null && found.length > 0 && (
        <ul className={styles.wallets}>
          {found.map(({ id, name, icon }) => (
            <li key={id}>
              <button type="button" className={styles.wallet} data-testid="wallet-option" onClick={() => choose(id)}>
                {icon === null ? (
                  <span className={styles.noicon}>
                    <WalletIcon />
                  </span>
                ) : (
                  <img src={icon} alt="" className={styles.icon} />
                )}
                {name}
              </button>
            </li>
          ))}
        </ul>
      )}
      {error !== null && (
        <p className={styles.quiet} role="alert">
          {error}
        </p>
      )}
      <p className={styles.quiet}>Stoa sees your address and never your key. Each transaction is shown to you by your wallet first.</p>
    </Dialog>
  );
}
