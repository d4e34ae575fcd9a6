import { Link } from '@tanstack/react-router';
import { CopyButton } from '../components/CopyButton';
import { Button } from '../components/Form';
import { TxRow } from '../components/TxState';
import { clearOver } from '../wallet/book';
import { engine, useWallet } from '../wallet/store';
import { isOver, type Tx } from '../wallet/tx';
import styles from './WalletButton.module.css';

/** The connected account: where its things are, and its transactions. */
export default function WalletMenu({ account, transactions }: { account: string; transactions: Tx[] }) {
  const { name } = useWallet();
  return (
    <div className={styles.inner}>
      <p className={styles.who}>
        <code>{account.slice(0, 10)}…{account.slice(-8)}</code>
        <CopyButton text={account} label="your address" />
        {name && <span className={styles.quiet}>{name}</span>}
      </p>
      <div className={styles.links}>
        <Link to="/portfolio" className={styles.link}>
          Portfolio
        </Link>
        <Link to="/sell" className={styles.link}>
          Sell
        </Link>
      </div>
      <p className={styles.heading}>
        <strong>Transactions</strong>
        {transactions.some(isOver) && (
          <Button small look="quiet" onClick={clearOver}>
            Clear finished
          </Button>
        )}
      </p>
      {transactions.length === 0 && <p className={styles.quiet}>None from this browser yet.</p>}
      <ul className={styles.list}>
        {transactions.slice(0, 6).map((tx) => (
          <li key={tx.id}>
            <TxRow tx={tx} link />
          </li>
        ))}
      </ul>
      <Button small onClick={() => void engine().then(({ disconnect }) => disconnect())}>
        Disconnect
      </Button>
    </div>
  );
}
