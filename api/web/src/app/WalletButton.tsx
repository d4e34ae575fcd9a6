import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect } from 'react';
import { WalletIcon } from '../components/icons';
import { shortHex } from '../lib/amount';
import { useTransactions } from '../wallet/book';
import { askForWallet, engine, useAsking, useWallet, wasConnected } from '../wallet/store';
import { isOver, isSeen } from '../wallet/tx';
import styles from './WalletButton.module.css';

const WalletDialog = lazy(() => import('./WalletDialog'));
const WalletMenu = lazy(() => import('./WalletMenu'));

/** The reader's wallet, and what is under way. Code that speaks to wallets is loaded only once one is wanted. */
export function WalletButton() {
  const { account, status } = useWallet();
  const asking = useAsking();
  const transactions = useTransactions();
  const pending = transactions.filter((tx) => !isOver(tx) && !isSeen(tx)).length;
  useResume(transactions.some((tx) => !isOver(tx)));
  return (
    <>
      {account === null ? (
        <button type="button" className={styles.connect} data-testid="connect" onClick={() => askForWallet()}>
          <WalletIcon />
          <span>{status === 'connecting' ? 'Connecting…' : 'Connect'}</span>
        </button>
      ) : (
        <>
          <button type="button" className={styles.account} popoverTarget="wallet-menu" data-testid="wallet">
            <span className={styles.blob} data-busy={pending > 0 || undefined} aria-hidden="true" />
            <code>{shortHex(account, 6, 4)}</code>
            <span className="visually-hidden">. Your wallet{pending > 0 && `, ${pending} transactions under way`}, show menu</span>
          </button>
          <div id="wallet-menu" popover="auto" className={styles.menu}>
            <Suspense fallback={null}>
              <WalletMenu account={account} transactions={transactions} />
            </Suspense>
          </div>
        </>
      )}
      {asking && account === null && (
        <Suspense fallback={null}>
          <WalletDialog />
        </Suspense>
      )}
    </>
  );
}

/** Asks for the wallet of the last visit, and goes on following what was under way. */
function useResume(pending: boolean): void {
  const client = useQueryClient();
  useEffect(() => {
    const again = async () => (await engine()).resume();
    // Where the API does not answer now, the reader connects by hand, or comes again.
    if (wasConnected()) again().catch(() => {});
  }, []);
  useEffect(() => {
    if (!pending) return;
    let stop = () => {};
    let left = false;
    const begin = async () => {
      const { watchTransactions } = await import('../wallet/watch');
      if (!left) stop = watchTransactions(client);
    };
    void begin();
    return () => {
      left = true;
      stop();
    };
  }, [client, pending]);
}
