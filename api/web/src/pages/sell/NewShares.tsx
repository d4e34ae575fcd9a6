import { useState } from 'react';
import type { ChainStatus, Listing } from '../../api/types';
import { Dialog } from '../../components/Dialog';
import { Do } from '../../components/Do';
import { Button, TextField } from '../../components/Form';
import { Section } from '../../components/Section';
import { Amount, Hex as ShownHex } from '../../components/Value';
import type { TokenLike } from '../../lib/amount';
import { formatBps, groupDigits, tokenLabel } from '../../lib/amount';
import { displayName } from '../../lib/kinds';
import { parseAmount, splitId } from '../../lib/parse';
import { shareToken } from '../../lib/shares';
import type { Hex } from '../../wallet/store';
import styles from './SellPage.module.css';
import { useTokenChoice } from './useTokenChoice';

/** As the contract bounds them. */
const MOST_TOKENS = 4;
const MOST_SUPPLY = 2n ** 96n;

/** The listing's shares, or the way to make them. */
export function OwnShares({ listing, chain, owner }: { listing: Listing; chain: ChainStatus; owner: boolean }) {
  const [open, setOpen] = useState(false);
  const { shares } = listing;
  return (
    <Section title="Revenue shares">
      {shares == null ? (
        <div className={styles.row}>
          <p className={styles.hint}>Divide what it earns from now on into shares, an ERC-20. They are yours at first; you may sell or give some away. Whoever holds them claims their part.</p>
          {owner ? (
            <div className={styles.buttons}>
              <Button small data-testid="divide" onClick={() => setOpen(true)}>
                Divide into shares…
              </Button>
            </div>
          ) : (
            <p className={styles.hint}>Only the owner can do so.</p>
          )}
        </div>
      ) : (
        <div className={styles.row} data-testid="divided">
          <div className={styles.line}>
            <span className={styles.strong}>
              <bdi>{shares.name}</bdi>
            </span>
            <Amount base={shares.supply} token={shareToken(shares)} digits={4} />
          </div>
          <div className={styles.line}>
            <span>
              earn {formatBps(shares.own_bps)} of its revenue, in {shares.tokens.map(({ token }) => tokenLabel(token)).join(', ')}
            </span>
            <ShownHex value={shares.share} label="share contract's address" />
          </div>
          <p className={styles.hint}>Claim, and offer some for sale, in your portfolio.</p>
        </div>
      )}
      {open && (
        <Dialog title="Divide into shares" onClose={() => setOpen(false)}>
          {shares == null ? <Form listing={listing} chain={chain} /> : <Divided close={() => setOpen(false)} />}
        </Dialog>
      )}
    </Section>
  );
}

function Divided({ close }: { close: () => void }) {
  return (
    <>
      <p className={styles.hint}>Done. All shares are yours; you find them in your portfolio.</p>
      <Button look="solid" wide data-testid="divided-done" onClick={close}>
        Done
      </Button>
    </>
  );
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

function Form({ listing, chain }: { listing: Listing; chain: ChainStatus }) {
  const [name, setName] = useState(displayName(listing));
  const [symbol, setSymbol] = useState('');
  const [supplyText, setSupply] = useState('1000');
  const [tokens, setTokens] = useState<TokenLike[]>(() => planTokens(listing));
  const choice = useTokenChoice(chain, 'Another token that they earn in');
  const supply = parseAmount(supplyText, 18);
  const errors = {
    name: name.trim() === '' || bytes(name) > 64 ? '1 to 64 bytes.' : null,
    symbol: symbol !== '' && bytes(symbol) > 16 ? 'At most 16 bytes.' : null,
    supply: supply === null || supply === 0n || supply > MOST_SUPPLY ? `An amount such as 1,000, at most ${groupDigits((MOST_SUPPLY / 10n ** 18n).toString())}.` : null,
  };
  const ready = symbol.trim() !== '' && tokens.length > 0 && Object.values(errors).every((error) => error === null);
  const has = (token: TokenLike) => tokens.some(({ address }) => address.toLowerCase() === token.address.toLowerCase());
  return (
    <div className={styles.form}>
      <TextField label="Name of the shares" value={name} onChange={setName} error={errors.name} />
      <div className={styles.pair}>
        <TextField label="Symbol" value={symbol} onChange={setSymbol} error={errors.symbol} placeholder="TIDE" />
        <TextField label="How many" inputMode="decimal" value={supplyText} onChange={setSupply} error={errors.supply} hint="For good." />
      </div>
      <div className={styles.chosen}>
        <p className={styles.strong}>They earn in</p>
        <ul className={styles.tokens} aria-label="Tokens that the shares earn in">
          {tokens.map((token) => (
            <li key={token.address}>
              {tokenLabel(token)}
              <button type="button" aria-label={`Do not earn in ${tokenLabel(token)}`} onClick={() => setTokens((was) => was.filter((each) => each !== token))}>
                ×
              </button>
            </li>
          ))}
          {tokens.length === 0 && <li>none yet</li>}
        </ul>
        <p className={styles.hint}>At most {MOST_TOKENS}. New plans can be priced in these alone.</p>
        {tokens.length < MOST_TOKENS && (
          <>
            {choice.select}
            {choice.address}
            <Button small disabled={choice.token === undefined || has(choice.token)} onClick={() => choice.token !== undefined && setTokens((was) => [...was, choice.token as TokenLike])}>
              Add it
            </Button>
          </>
        )}
      </div>
      <p className={styles.hint}>This cannot be undone. What it earned before stays yours, and parents keep their parts.</p>
      <div className={styles.buttons}>
        <Do
          look="solid"
          small={false}
          label="Make the shares"
          testId="create-shares"
          chainId={chain.chain_id}
          disabled={!ready}
          steps={async () => {
            const { calls } = await import('../../wallet/orders');
            const data = calls.createShares(splitId(listing.id).number, { name: name.trim(), symbol: symbol.trim(), supply: supply ?? 0n, tokens: tokens.map(({ address }) => address as Hex) });
            return [{ title: `Divide the revenue of ${displayName(listing)}`, to: chain.contracts['Revenue'] as Hex, data, about: `/listings/${listing.id}/manage` }];
          }}
        />
      </div>
    </div>
  );
}

/** What it is sold for already. */
function planTokens(listing: Listing): TokenLike[] {
  return [...new Map(listing.plans.map(({ token }) => [token.address.toLowerCase(), token])).values()].slice(0, MOST_TOKENS);
}
