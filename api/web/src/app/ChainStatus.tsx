import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { useConnection } from '../api/connection';
import { useLive } from '../api/live';
import { statusQuery } from '../api/queries';
import type { ChainStatus as Chain } from '../api/types';
import { Age, Count, Hex } from '../components/Value';
import { type Freshness, freshness } from '../lib/chain';
import { useNow } from '../lib/clock';
import styles from './ChainStatus.module.css';

function useOnline(): boolean {
  return useSyncExternalStore(
    (listener) => {
      window.addEventListener('online', listener);
      window.addEventListener('offline', listener);
      return () => {
        window.removeEventListener('online', listener);
        window.removeEventListener('offline', listener);
      };
    },
    () => navigator.onLine,
  );
}

function sentence(state: Freshness, chain: Chain | undefined): string {
  switch (state) {
    case 'connecting':
      return 'Asking the API.';
    case 'live':
      return 'The indexer follows the chain. What you see is current.';
    case 'behind':
      return `The indexer is ${chain?.lag_blocks ?? 0} blocks behind the chain. What you see is that old.`;
    case 'silent':
      return `The indexer has had no news of the chain for ${chain?.lag_seconds ?? 0} seconds. There may be newer blocks.`;
    case 'no-head':
      return 'The indexer has not reported the head of the chain, so how current this is cannot be told.';
    case 'unreachable':
      return 'The API does not answer. What you see is from before; the page keeps trying.';
    case 'offline':
      return 'This device is offline. What you see is from before.';
  }
}

function Headline({ state, chain }: { state: Freshness; chain: Chain | undefined }) {
  if (state === 'connecting') return 'Connecting';
  if (state === 'unreachable') return 'API unreachable';
  if (state === 'offline') return 'Offline';
  if (chain === undefined) return 'No chain';
  if (state === 'behind') {
    return (
      <>
        <Count value={chain.lag_blocks ?? 0} /> <span className={styles.word}>blocks </span>behind
      </>
    );
  }
  if (state === 'silent') {
    return (
      <>
        <span className={styles.word}>No news for </span>
        <Count value={chain.lag_seconds ?? 0} />s
      </>
    );
  }
  return (
    <>
      <span className={styles.word}>Block </span>
      <Count value={chain.indexed.number} />
    </>
  );
}

/** How current the page is, always in sight; the details open below it. */
export function ChainStatus() {
  const { data, error } = useQuery(statusQuery());
  const { failures, limitedUntil } = useConnection();
  const online = useOnline();
  const live = useLive();
  const now = useNow();
  const chains = data?.data.chains ?? [];
  // With several chains the one that is furthest behind speaks for all.
  const chain = chains.reduce<Chain | undefined>(
    (worst, each) => (worst === undefined || (each.lag_blocks ?? 0) > (worst.lag_blocks ?? 0) ? each : worst),
    undefined,
  );
  const state = freshness({ online, failures: error === null ? failures : Math.max(1, failures), chain });
  return (
    <>
      <button
        type="button"
        className={styles.chip}
        popoverTarget="chain-details"
        data-testid="chain-status"
        data-state={state}
        data-live={live}
        data-block={chain?.indexed.number}
      >
        <span className={styles.dot} aria-hidden="true" />
        <span className={styles.text}>
          <Headline state={state} chain={chain} />
        </span>
        <span className="visually-hidden">. Chain status, show details</span>
      </button>
      <output className="visually-hidden">
        {state === 'live' || state === 'connecting' ? '' : sentence(state, chain)}
      </output>
      <div id="chain-details" popover="auto" className={styles.details}>
        <p className={styles.sentence}>{sentence(state, chain)}</p>
        <p className={styles.version}>{live === 'live' ? 'Changes are told as they happen.' : 'Changes are not being told; the page asks for them in turns.'}</p>
        {limitedUntil > now && (
          <p className={styles.version} data-testid="limited">
            This address has asked all it may for now. The page asks again in {Math.ceil((limitedUntil - now) / 1000)} s.
          </p>
        )}
        {chains.map((each) => (
          <ChainDetails key={each.chain_id} chain={each} />
        ))}
        {data && <p className={styles.version}>Stoa {data.data.version}</p>}
      </div>
    </>
  );
}

function ChainDetails({ chain }: { chain: Chain }) {
  return (
    <section className={styles.chain}>
      <h2 className={styles.heading}>
        {chain.name} <span className={styles.muted}>chain {chain.chain_id}</span>
      </h2>
      <dl className={styles.facts}>
        <dt>Indexed block</dt>
        <dd>
          <Count value={chain.indexed.number} />
          <span className={styles.muted}>
            , <Age time={chain.indexed.time} suffix />
          </span>
        </dd>
        <dt>Head of the chain</dt>
        <dd>{chain.head == null ? 'not reported' : <Count value={chain.head.number} />}</dd>
        <dt>Final up to</dt>
        <dd>
          {chain.finalized_block === 0 ? 'not reported' : <Count value={chain.finalized_block} />}
        </dd>
        {Object.entries(chain.contracts).map(([name, address]) => (
          <div key={name} className={styles.contract}>
            <dt>{name}</dt>
            <dd>
              <Hex value={address} label={`${name} address`} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
