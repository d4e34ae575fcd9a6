import { useState } from 'react';
import { useQuery } from '@tanstack/react-query';
import type { ChainAccount, ChainStatus, Token } from '../../api/types';
import { marketQuery } from '../../api/queries';
import { Dialog } from '../../components/Dialog';
import { Button, SelectField, TextField } from '../../components/Form';
import { Section } from '../../components/Section';
import { ActionState } from '../../components/TxState';
import { Amount } from '../../components/Value';
import { formatAmount, tokenLabel } from '../../lib/amount';
import { parseAmount } from '../../lib/parse';
import { engine, type Hex, useWallet } from '../../wallet/store';
import { useAction } from '../../wallet/useAction';
import styles from './PortfolioPage.module.css';

type Way = 'deposit' | 'withdraw';

interface VaultPanelProps {
  mine: ChainAccount;
  chain: ChainStatus;
}

/** What lies in the Vault, the cheapest place to pay from, and the ways in and out. */
export function VaultPanel({ mine, chain }: VaultPanelProps) {
  const [way, setWay] = useState<Way | null>(null);
  return (
    <Section title="Vault balance">
      {mine.balances.length === 0 && <p className={styles.empty}>Nothing yet. What lies here pays with one transaction and no approval.</p>}
      <ul>
        {mine.balances.map((balance) => (
          <li key={balance.token.address} className={styles.row} data-testid="vault-balance" data-token={balance.token.symbol}>
            <Amount base={balance.amount} token={balance.token} />
          </li>
        ))}
      </ul>
      <div className={styles.row}>
        <div className={styles.buttons}>
          <Button small data-testid="deposit" onClick={() => setWay('deposit')}>
            Deposit
          </Button>
          <Button small disabled={mine.balances.length === 0} data-testid="withdraw" onClick={() => setWay('withdraw')}>
            Withdraw
          </Button>
        </div>
      </div>
      {way !== null && <Move way={way} mine={mine} chain={chain} onClose={() => setWay(null)} />}
    </Section>
  );
}

/** Tokens worth depositing: those that something was sold for, and those that are here already. */
function useTokens(mine: ChainAccount, way: Way): Token[] {
  const { data = [] } = useQuery(marketQuery());
  const here = mine.balances.map(({ token }) => token);
  if (way === 'withdraw') return here;
  const sold = data.find(({ chain_id }) => chain_id === mine.chain_id)?.turnover.map(({ token }) => token) ?? [];
  return [...new Map([...sold, ...here].map((token) => [token.address, token])).values()];
}

function useWalletBalance(chain: ChainStatus, token: Token | undefined) {
  const { account, chainId } = useWallet();
  return useQuery({
    queryKey: ['account', account, 'wallet', token?.address],
    enabled: account !== null && token !== undefined && chainId === chain.chain_id,
    queryFn: async () => {
      const [{ actor }, { purseOf }] = await Promise.all([engine(), import('../../wallet/pay')]);
      const acting = await actor(chain.chain_id);
      return purseOf(acting, chain.contracts['Vault'] as Hex, token?.address as Hex);
    },
  });
}

function Move({ way, mine, chain, onClose }: VaultPanelProps & { way: Way; onClose: () => void }) {
  const tokens = useTokens(mine, way);
  const [chosen, setChosen] = useState<string | null>(null);
  const [text, setText] = useState('');
  const action = useAction();
  const token = tokens.find(({ address }) => address === chosen) ?? tokens[0];
  const purse = useWalletBalance(chain, token);
  const held = BigInt(mine.balances.find((each) => each.token.address === token?.address)?.amount ?? '0');
  const most = way === 'withdraw' ? held : (purse.data?.wallet ?? 0n);
  const decimals = token?.decimals ?? 0;
  const amount = parseAmount(text, decimals);
  const error = text === '' ? null : amount === null ? `Write an amount such as 12.5, with at most ${decimals} decimals.` : amount > most ? 'That is more than there is.' : null;
  const { done } = action;

  const move = () => {
    if (token === undefined || amount === null) return;
    const [vault, address] = [chain.contracts['Vault'] as Hex, token.address as Hex];
    const amountWords = `${formatAmount(amount.toString(), decimals).text} ${tokenLabel(token)}`;
    void action.run(chain.chain_id, async ({ account }) => {
      const [{ calls }, { approveStep }] = await Promise.all([import('../../wallet/orders'), import('../../wallet/pay')]);
      const about = '/portfolio';
      if (way === 'withdraw') return [{ title: `Withdraw ${amountWords}`, to: vault, data: calls.withdraw(address, amount, account), about }];
      const deposit = { title: `Deposit ${amountWords}`, to: vault, data: calls.deposit(address, amount, account), about };
      const allowed = (purse.data?.allowance ?? 0n) >= amount;
      return allowed ? [deposit] : [approveStep({ vault, token: address, amount, amountWords, about }), deposit];
    });
  };

  return (
    <Dialog title={way === 'deposit' ? 'Deposit into the Vault' : 'Withdraw to your wallet'} onClose={onClose}>
      <div className={styles.form}>
        <SelectField label="Token" value={token?.address ?? ''} onChange={setChosen}>
          {tokens.map((each) => (
            <option key={each.address} value={each.address}>
              {tokenLabel(each)}
            </option>
          ))}
        </SelectField>
        <TextField
          label="Amount"
          inputMode="decimal"
          value={text}
          onChange={setText}
          unit={token && tokenLabel(token)}
          error={error}
          hint={
            token && (
              <>
                {way === 'deposit' ? 'Your wallet has ' : 'The Vault has '}
                <Amount base={most.toString()} token={token} />
              </>
            )
          }
        />
        {way === 'deposit' && <p className={styles.terms}>Two transactions: allow the Vault to take exactly this amount, then deposit. Only you can take it out again.</p>}
      </div>
      <ActionState action={action} />
      <Button look="solid" wide data-testid="confirm-move" disabled={!done && (action.busy || amount === null || amount === 0n || error !== null)} onClick={done ? onClose : move}>
        {done ? 'Done' : action.busy ? 'Under way…' : way === 'deposit' ? 'Deposit' : 'Withdraw'}
      </Button>
    </Dialog>
  );
}
