import { useState } from 'react';
import type { ChainStatus, Listing, Plan } from '../../api/types';
import { Do } from '../../components/Do';
import { CheckField, SelectField, TextField } from '../../components/Form';
import { formatAmount, tokenLabel } from '../../lib/amount';
import { parseAmount, splitId } from '../../lib/parse';
import type { Hex } from '../../wallet/store';
import styles from './SellPage.module.css';
import { useTokenChoice } from './useTokenChoice';

const KINDS = ['licence', 'subscription', 'credits'] as const satisfies readonly Plan['kind'][];
const KIND_WORDS: Record<Plan['kind'], string> = {
  licence: 'Licence, for good',
  subscription: 'Subscription, for a time',
  credits: 'Credits, to be spent',
};
const ZERO: Hex = '0x0000000000000000000000000000000000000000';
const DAY = 86_400;

function whole(text: string, most: number): boolean {
  return /^[1-9]\d{0,14}$/.test(text) && Number(text) <= most;
}

export function NewPlan({ listing, chain }: { listing: Listing; chain: ChainStatus }) {
  const [kind, setKind] = useState<Plan['kind']>('licence');
  const { token, select, address } = useTokenChoice(chain, 'Paid in');
  const [priceText, setPrice] = useState('');
  const [days, setDays] = useState('30');
  const [units, setUnits] = useState('1000');
  const [unit, setUnit] = useState('call');
  const [cap, setCap] = useState('');
  const [transferable, setTransferable] = useState(false);
  const price = token === undefined ? null : parseAmount(priceText, token.decimals ?? 0);
  const errors = {
    price: priceText !== '' && price === null ? 'Write an amount such as 12.5.' : kind === 'credits' && price === 0n ? 'Credits cannot be free.' : null,
    days: kind === 'subscription' && !whole(days, 1460) ? 'A whole number of days, at most 1,460.' : null,
    units: kind === 'credits' && !whole(units, 4_294_967_295) ? 'A whole number.' : null,
    unit: kind === 'credits' && (unit === '' || new TextEncoder().encode(unit).length > 32) ? '1 to 32 bytes, such as call.' : null,
    cap: cap !== '' && !whole(cap, 2 ** 47) ? 'A whole number, or nothing for no limit.' : null,
  };
  const ready = token !== undefined && price !== null && Object.values(errors).every((error) => error === null);

  return (
    <div className={styles.row} data-testid="new-plan">
      <div className={styles.pair}>
        <SelectField label="What it sells" value={kind} onChange={(value) => setKind(value as Plan['kind'])}>
          {KINDS.map((each) => (
            <option key={each} value={each}>
              {KIND_WORDS[each]}
            </option>
          ))}
        </SelectField>
        {select}
      </div>
      {address}
      <div className={styles.pair}>
        <TextField label="Price" inputMode="decimal" value={priceText} onChange={setPrice} unit={token && tokenLabel(token)} error={errors.price} hint="0 makes it free." />
        <TextField label="How many may be sold" inputMode="numeric" value={cap} onChange={setCap} error={errors.cap} hint="Empty for no limit." />
      </div>
      {kind === 'subscription' && <TextField label="Length of a period" inputMode="numeric" unit="days" value={days} onChange={setDays} error={errors.days} />}
      {kind === 'credits' && (
        <div className={styles.pair}>
          <TextField label="Units in a pack" inputMode="numeric" value={units} onChange={setUnits} error={errors.units} />
          <TextField label="What a unit is called" value={unit} onChange={setUnit} error={errors.unit} hint="call, gpu-second, 1k-input-tokens …" />
        </div>
      )}
      {kind !== 'subscription' && <CheckField label="Buyers may pass it on" checked={transferable} onChange={setTransferable} />}
      <div className={styles.buttons}>
        <Do
          look="solid"
          small={false}
          label="Offer it"
          testId="create-plan"
          chainId={chain.chain_id}
          disabled={!ready}
          steps={async () => {
            const { createPlan } = await import('../../wallet/orders');
            const words = `${formatAmount((price ?? 0n).toString(), token?.decimals ?? 0).text} ${token ? tokenLabel(token) : ''}`;
            const data = createPlan({
              listing: splitId(listing.id).number,
              kind: KINDS.indexOf(kind),
              token: token?.address as Hex,
              price: price ?? 0n,
              cap: BigInt(cap === '' ? '0' : cap),
              transferable: kind !== 'subscription' && transferable,
              period: kind === 'subscription' ? Number(days) * DAY : 0,
              units: kind === 'credits' ? Number(units) : 0,
              unit: kind === 'credits' ? unit : '',
              from: 0n,
              until: 0n,
              gate: ZERO,
              tierDiscount: true,
            });
            return [{ title: `Offer a ${kind} for ${words}`, to: chain.contracts['Market'] as Hex, data, about: `/listings/${listing.id}` }];
          }}
        />
      </div>
    </div>
  );
}
