import { useState } from 'react';
import type { ChainStatus, Listing, Plan } from '../../api/types';
import { Dialog } from '../../components/Dialog';
import { Do } from '../../components/Do';
import { Button, SelectField, TextArea, TextField } from '../../components/Form';
import { saveText } from '../../lib/csv';
import { readAccounts, splitId } from '../../lib/parse';
import type { Step } from '../../wallet/send';
import type { Hex } from '../../wallet/store';
import styles from './SellPage.module.css';

const ZERO: Hex = '0x0000000000000000000000000000000000000000';

type Who = 'all' | 'list' | 'tier' | 'same';

interface BoundsProps {
  listing: Listing;
  plan: Plan;
  chain: ChainStatus;
  onClose: () => void;
}

/** Who may buy from a plan, and when it sells. */
export default function PlanBounds({ listing, plan, chain, onClose }: BoundsProps) {
  const [who, setWho] = useState<Who>(plan.gate === null ? 'all' : 'same');
  const [list, setList] = useState('');
  const [tier, setTier] = useState('1');
  const [from, setFrom] = useState(local(plan.sells_from));
  const [until, setUntil] = useState(local(plan.sells_until));
  const read = readAccounts(list);
  const listError = who !== 'list' || list === '' ? null : read.wrong.length > 0 ? `“${read.wrong[0]?.slice(0, 60)}” is no address.` : null;
  const tierError = who === 'tier' && !/^[1-9]\d?$/.test(tier) ? 'A whole number of at least 1.' : null;
  const timeError = from !== '' && until !== '' && from >= until ? 'It must end after it begins.' : null;
  const ready = listError === null && tierError === null && timeError === null && !(who === 'list' && read.accounts.length === 0);

  const steps = async (): Promise<Step[]> => {
    const [{ calls }, { listOf }] = await Promise.all([import('../../wallet/orders'), import('../../lib/merkle')]);
    const { MerkleGate, TierGate, Market } = chain.contracts as Record<string, Hex>;
    const { number } = splitId(plan.id);
    const about = `/listings/${listing.id}/manage`;
    const made: Step[] = [];
    let gate = (who === 'same' ? plan.gate : ZERO) as Hex;
    if (who === 'list' && MerkleGate !== undefined) {
      gate = MerkleGate;
      made.push({ title: `List who may buy plan ${plan.id}`, to: MerkleGate, data: calls.setRoot(number, listOf(read.accounts).root), about });
    }
    if (who === 'tier' && TierGate !== undefined) {
      gate = TierGate;
      made.push({ title: `Sell plan ${plan.id} to tier ${tier} and above`, to: TierGate, data: calls.setTier(number, Number(tier)), about });
    }
    const bounds = calls.boundPlan(number, gate, seconds(from), seconds(until));
    // The rule first: a gate without one lets nobody in, and a plan without a gate everybody.
    return [...made, { title: `Bound plan ${plan.id}`, to: Market as Hex, data: bounds, about }];
  };

  const saveProofs = async () => {
    const { listOf } = await import('../../lib/merkle');
    saveText(`plan-${plan.id}-proofs.json`, `${JSON.stringify({ plan: plan.id, ...listOf(read.accounts) }, null, 1)}\n`, 'application/json');
  };

  return (
    <Dialog title="Who may buy, and when" onClose={onClose}>
      <div className={styles.form}>
        <SelectField label="Who" value={who} onChange={(value) => setWho(value as Who)}>
          <option value="all">Everybody</option>
          {plan.gate !== null && <option value="same">As it is now</option>}
          <option value="list">Accounts of a list</option>
          <option value="tier">Stakers of a tier and above</option>
        </SelectField>
        {who === 'tier' && <TextField label="Tier" inputMode="numeric" value={tier} onChange={setTier} error={tierError} />}
        {who === 'list' && (
          <>
            <TextArea label="Accounts" value={list} onChange={setList} error={listError} hint="One address to a line. Only a hash of the list goes on the chain." placeholder="0x…" />
            <div className={styles.buttons}>
              <Button small disabled={!ready} onClick={() => void saveProofs()}>
                Save the proofs
              </Button>
            </div>
            <p className={styles.hint}>Each buyer needs a proof to buy: give them this file. Save it now: from the chain it cannot be had again.</p>
          </>
        )}
        <TextField label="Sells from" type="datetime-local" value={from} onChange={setFrom} />
        <TextField label="Sells until" type="datetime-local" value={until} onChange={setUntil} error={timeError} hint="In your time; empty for no bound." />
        <div className={styles.buttons}>
          <Do look="solid" small={false} label="Set it" testId="set-bounds" chainId={chain.chain_id} disabled={!ready} steps={steps} />
        </div>
      </div>
    </Dialog>
  );
}

/** A time as the field writes it, in the reader's zone. */
function local(time: string | null): string {
  if (time == null) return '';
  const at = new Date(time);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function seconds(field: string): bigint {
  return field === '' ? 0n : BigInt(Math.floor(new Date(field).getTime() / 1000));
}
