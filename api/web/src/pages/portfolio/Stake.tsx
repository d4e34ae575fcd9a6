import { useState } from 'react';
import type { ChainStaking, ChainStatus, Lock } from '../../api/types';
import { Claims } from '../../components/Claims';
import { Dialog } from '../../components/Dialog';
import { Do } from '../../components/Do';
import { Button, TextField } from '../../components/Form';
import { Section } from '../../components/Section';
import { ActionState } from '../../components/TxState';
import { Quantity } from '../../components/Value';
import { formatAmount } from '../../lib/amount';
import { useNow } from '../../lib/clock';
import { parseAmount } from '../../lib/parse';
import { LONGEST_WEEKS, lockEnd, scoreOf, standing, weeksLeft } from '../../lib/stake';
import { day, fullTime } from '../../lib/time';
import type { Hex } from '../../wallet/store';
import { useAction } from '../../wallet/useAction';
import styles from './PortfolioPage.module.css';

interface StakeProps {
  lock: Lock | null;
  stakes: ChainStaking;
  chain: ChainStatus;
}

type Way = 'lock' | 'raise' | 'extend';

/** Staked STOA: the lock, what it weighs and earned, and what the next tier needs. */
export function Stake({ lock, stakes, chain }: StakeProps) {
  const [way, setWay] = useState<Way | null>(null);
  const active = lock?.active === true;
  const ended = lock !== null && !active && !/^0+$/.test(lock.amount);
  const step = (title: string, make: Make) => stakingStep(chain, title, make);
  return (
    <Section title="Staking" note={active ? `tier ${lock.tier}` : undefined}>
      <div className={styles.row} data-testid="own-lock" data-active={active || undefined}>
        {lock === null || (!active && !ended) ? (
          <p className={styles.terms}>You have nothing locked. Locked STOA shares the protocol’s fees, by amount and length.</p>
        ) : (
          <>
            <div className={styles.top}>
              <Quantity base={lock.amount} unit="STOA" digits={4} />
              <span className={styles.state} data-over={!active || undefined}>
                {active ? 'Locked' : 'Ended'}
              </span>
            </div>
            <p className={styles.terms}>
              score <Quantity base={lock.score} unit="" digits={4} />
              {lock.ends_at != null && (
                <>
                  {' '}
                  · {active ? 'until' : 'ended'}{' '}
                  <time dateTime={lock.ends_at} title={fullTime(lock.ends_at)}>
                    {day(lock.ends_at)}
                  </time>
                </>
              )}
            </p>
          </>
        )}
        <NextTier score={BigInt(active ? lock.score : '0')} stakes={stakes} />
      </div>
      {lock !== null && lock.claimable.length > 0 && (
        <div className={styles.row}>
          <Claims items={lock.claimable} beside={({ token }) => claimButton(chain, token.address)} />
        </div>
      )}
      <div className={styles.row}>
        <div className={styles.buttons}>
          {!active && (
            <Button small look="solid" data-testid="lock" onClick={() => setWay('lock')}>
              Lock STOA
            </Button>
          )}
          {active && (
            <>
              <Button small data-testid="raise" onClick={() => setWay('raise')}>
                Add
              </Button>
              <Button small data-testid="extend" onClick={() => setWay('extend')}>
                Extend
              </Button>
            </>
          )}
          {ended && <Do label="Withdraw" chainId={chain.chain_id} steps={() => step('Withdraw the lock', (calls) => calls.withdrawLock())} />}
          {lock !== null && (
            <Do
              label={lock.reinvest ? 'Stop reinvesting' : 'Reinvest automatically'}
              chainId={chain.chain_id}
              steps={() => step(lock.reinvest ? 'Stop reinvesting' : 'Reinvest automatically', (calls) => calls.setReinvest(!lock.reinvest))}
            />
          )}
        </div>
      </div>
      {way !== null && <LockDialog way={way} lock={lock} stakes={stakes} chain={chain} onClose={() => setWay(null)} />}
    </Section>
  );
}

type Make = (calls: typeof import('../../wallet/orders').calls) => Hex;

async function stakingStep(chain: ChainStatus, title: string, make: Make) {
  const { calls } = await import('../../wallet/orders');
  return [{ title, to: chain.contracts['Staking'] as Hex, data: make(calls), about: '/portfolio' }];
}

function claimButton(chain: ChainStatus, token: string) {
  const steps = () => stakingStep(chain, 'Claim staking fees', (calls) => calls.claimStake(token as Hex));
  return <Do label="Claim" testId="claim-stake" chainId={chain.chain_id} steps={steps} />;
}

function NextTier({ score, stakes }: { score: bigint; stakes: ChainStaking }) {
  const { tier, next } = standing(score, stakes.tiers);
  if (stakes.tiers.length === 0) return null;
  if (next === null) return <p className={styles.terms}>Tier {tier}, the highest.</p>;
  const part = Number((score * 1000n) / (score + next.missing)) / 10;
  return (
    <>
      <div className={styles.bar} aria-hidden="true">
        <span style={{ width: `${part}%` }} />
      </div>
      <p className={styles.terms}>
        Tier {next.tier} needs a score of <Quantity base={next.missing.toString()} unit="" digits={2} /> more.
      </p>
    </>
  );
}

const WORDS: Record<Way, { title: string; button: string }> = {
  lock: { title: 'Lock STOA', button: 'Lock' },
  raise: { title: 'Add to your lock', button: 'Add' },
  extend: { title: 'Extend your lock', button: 'Extend' },
};

function LockDialog({ way, lock, stakes, chain, onClose }: StakeProps & { way: Way; onClose: () => void }) {
  const [text, setText] = useState('');
  const [weeksText, setWeeks] = useState(String(LONGEST_WEEKS));
  const action = useAction();
  const amount = parseAmount(text, 18);
  const weeks = /^\d{1,2}$/.test(weeksText) && Number(weeksText) >= 1 && Number(weeksText) <= LONGEST_WEEKS ? Number(weeksText) : null;
  const now = Math.floor(useNow() / 1000);
  const outcome = outcomeOf({ way, lock, amount, weeks, now });
  const { done } = action;
  const go = () => {
    const about = '/portfolio';
    const staking = chain.contracts['Staking'] as Hex;
    void action.run(chain.chain_id, async (acting) => {
      const [{ calls, lockOrder }, { askTarget, paySteps, purseOf }, { sourcesFor }, { Refused }] = await Promise.all([
        import('../../wallet/orders'),
        import('../../wallet/pay'),
        import('../../wallet/funding'),
        import('../../wallet/refusal-kinds'),
      ]);
      if (way === 'extend') return [{ title: 'Extend the lock', to: staking, data: calls.extend(weeks ?? 0), about }];
      const wanted = amount ?? 0n;
      const amountWords = `${formatAmount(wanted.toString(), 18).text} STOA`;
      const payment = {
        vault: chain.contracts['Vault'] as Hex,
        target: staking,
        token: chain.contracts['StoaToken'] as Hex,
        amount: wanted,
        amountWords,
        data: lockOrder(acting.account, way === 'raise' ? 0 : (weeks ?? 0)),
        title: way === 'raise' ? `Add ${amountWords} to the lock` : `Lock ${amountWords}`,
        about,
      };
      await askTarget(acting, payment);
      const [source] = sourcesFor(await purseOf(acting, payment.vault, payment.token), wanted);
      if (source === undefined) throw new Refused(`You need ${amountWords} in one place: your vault balance or your wallet.`);
      return paySteps(acting, payment, source);
    });
  };
  const ready = (way === 'extend' || (amount !== null && amount > 0n)) && (way === 'raise' || weeks !== null);
  return (
    <Dialog title={WORDS[way].title} onClose={onClose}>
      <div className={styles.form}>
        {way !== 'extend' && (
          <TextField label="Amount" inputMode="decimal" value={text} onChange={setText} unit="STOA" error={text !== '' && amount === null ? 'Write an amount such as 100.5.' : null} hint="At least 1 STOA to begin with." />
        )}
        {way !== 'raise' && (
          <TextField label="Weeks" inputMode="numeric" value={weeksText} onChange={setWeeks} unit="of 52" error={weeks === null ? 'Write a whole number of 1 to 52.' : null} hint="Longer weighs more: up to twice the amount. It cannot be taken out before it ends." />
        )}
        {outcome !== null && (
          <dl className={styles.outcome}>
            <dt>Locked until</dt>
            <dd>{day(new Date(outcome.end * 1000).toISOString())}</dd>
            <dt>Score then</dt>
            <dd>
              <Quantity base={outcome.score.toString()} unit="" digits={4} />
            </dd>
            <dt>Tier</dt>
            <dd>{standing(outcome.score, stakes.tiers).tier}</dd>
          </dl>
        )}
      </div>
      <ActionState action={action} />
      <Button look="solid" wide data-testid="confirm-lock" disabled={!done && (action.busy || !ready)} onClick={done ? onClose : go}>
        {done ? 'Done' : action.busy ? 'Under way…' : WORDS[way].button}
      </Button>
    </Dialog>
  );
}

interface Wish {
  way: Way;
  lock: Lock | null;
  amount: bigint | null;
  weeks: number | null;
  now: number;
}

/** When the lock would end and what it would weigh, as the contract will count it. */
function outcomeOf({ way, lock, amount, weeks, now }: Wish): { end: number; score: bigint } | null {
  const had = BigInt(lock?.amount ?? '0');
  if (way === 'raise') {
    if (amount === null || lock?.ends_at == null) return null;
    const end = Date.parse(lock.ends_at) / 1000;
    return { end, score: BigInt(lock.score) + scoreOf(amount, weeksLeft(end, now)) };
  }
  if (weeks === null) return null;
  const total = way === 'extend' ? had : had + (amount ?? 0n);
  return { end: lockEnd(now, weeks), score: scoreOf(total, weeks) };
}

