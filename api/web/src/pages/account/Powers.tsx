import type { Allowance, ChainAccount, Operator } from '../../api/types';
import { Section } from '../../components/Section';
import { Amount, Hex } from '../../components/Value';
import styles from './AccountPage.module.css';

const MAY: Record<Operator['scope'], string> = {
  balances: 'may move all vault balances',
  listings: 'may manage and move all listings',
  passes: 'may move all passes',
};
/** What an allowance without a bound is, in base units. */
const UNBOUNDED = (2n ** 256n - 1n).toString();

/** Who may act for the account: what a wallet should warn of. */
export function Powers({ chain }: { chain: ChainAccount }) {
  if (chain.operators.length === 0 && chain.allowances.length === 0) return null;
  return (
    <Section title="Who may act for it">
      <ul>
        {chain.operators.map(({ scope, operator }) => (
          <li key={`${scope}-${operator}`} className={styles.row} data-testid="operator">
            <p className={styles.terms}>
              <Hex value={operator} label="operator's address" /> {MAY[scope]}
            </p>
          </li>
        ))}
        {chain.allowances.map((allowance) => (
          <li
            key={`${allowance.scope}-${allowance.spender}-${allowance.token.address}`}
            className={styles.row}
            data-testid="allowance"
          >
            <p className={styles.terms} title="What was moved since is not taken off: no event tells it">
              <Hex value={allowance.spender} label="spender's address" /> may move <Bound allowance={allowance} /> of{' '}
              {allowance.scope === 'shares' ? 'its shares' : 'its vault balance'}
            </p>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Bound({ allowance }: { allowance: Allowance }) {
  if (allowance.amount === UNBOUNDED) return <>any amount of {allowance.token.symbol ?? 'a token'}</>;
  return (
    <>
      at most <Amount base={allowance.amount} token={allowance.token} />
    </>
  );
}
