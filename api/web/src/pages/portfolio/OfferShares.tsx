import { useState } from 'react';
import type { ChainStatus, Holding } from '../../api/types';
import { Dialog } from '../../components/Dialog';
import { Do } from '../../components/Do';
import { TextField } from '../../components/Form';
import { Amount } from '../../components/Value';
import { formatAmount, tokenLabel } from '../../lib/amount';
import { parseAmount, splitId } from '../../lib/parse';
import { shareToken } from '../../lib/shares';
import type { Actor } from '../../wallet/engine';
import type { Step } from '../../wallet/send';
import type { Hex } from '../../wallet/store';
import { useTokenChoice } from '../sell/useTokenChoice';
import styles from './PortfolioPage.module.css';

/** Offers shares at a fixed price: two transactions, since the Market sells from an allowance. */
export default function OfferShares({ holding, chain, onClose }: { holding: Holding; chain: ChainStatus; onClose: () => void }) {
  const [lotText, setLot] = useState('1');
  const [lotsText, setLots] = useState('10');
  const [priceText, setPrice] = useState('');
  const { token, select, address } = useTokenChoice(chain, 'Paid in');
  const share = shareToken(holding);
  const lot = parseAmount(lotText, 18);
  const lots = /^[1-9]\d{0,14}$/.test(lotsText) ? BigInt(lotsText) : null;
  const price = token === undefined ? null : parseAmount(priceText, token.decimals ?? 0);
  const all = lot === null || lots === null ? null : lot * lots;
  const tooMany = all !== null && all > BigInt(holding.amount);
  const ready = lot !== null && lot > 0n && lots !== null && price !== null && !tooMany;
  const words = all === null ? '' : `${formatAmount(all.toString(), 18).text} ${tokenLabel(share)}`;

  const steps = async ({ read, account }: Actor): Promise<Step[]> => {
    if (all === null || lots === null || lot === null || price === null || token === undefined) return [];
    const [{ calls, openShareSale }, { stoaTokenAbi }] = await Promise.all([import('../../wallet/orders'), import('../../chain/abi')]);
    const market = chain.contracts['Market'] as Hex;
    const contract = { address: holding.share as Hex, abi: stoaTokenAbi } as const;
    // Other offers live on the same allowance: this one comes on top.
    const allowed = await read.readContract({ ...contract, functionName: 'allowance', args: [account, market] });
    const data = openShareSale({ listing: splitId(holding.listing).number, token: token.address as Hex, lot, price, cap: lots, from: 0n, until: 0n });
    return [
      { title: `Allow the Market to sell ${words}`, to: holding.share as Hex, data: calls.approve(market, allowed + all), about: '/portfolio', told: false },
      { title: `Offer ${words}`, to: market, data, about: `/listings/${holding.listing}` },
    ];
  };

  return (
    <Dialog title={`Offer ${holding.symbol} for sale`} onClose={onClose}>
      <div className={styles.form}>
        <p className={styles.terms}>
          You hold <Amount base={holding.amount} token={share} />.
        </p>
        <TextField label="Shares in a lot" inputMode="decimal" value={lotText} onChange={setLot} unit={tokenLabel(share)} error={lot === null || lot === 0n ? 'Write an amount such as 1.' : null} />
        <TextField label="How many lots" inputMode="numeric" value={lotsText} onChange={setLots} error={lots === null ? 'Write a whole number of at least 1.' : tooMany ? `That is ${words}, more than you hold.` : null} />
        <TextField
          label="Price of a lot"
          inputMode="decimal"
          value={priceText}
          onChange={setPrice}
          unit={token && tokenLabel(token)}
          error={priceText !== '' && price === null ? 'Write an amount such as 12.5.' : null}
        />
        {select}
        {address}
        <p className={styles.terms}>All of the price is yours, in your vault balance. The terms of an offer never change; you may end it. Until then the shares stay in your wallet.</p>
        <Do look="solid" small={false} label="Offer them" testId="offer-shares" chainId={chain.chain_id} disabled={!ready} steps={steps} />
      </div>
    </Dialog>
  );
}
