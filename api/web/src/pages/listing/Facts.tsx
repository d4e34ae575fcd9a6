import type { ReactNode } from 'react';
import type { Listing } from '../../api/types';
import { Section } from '../../components/Section';
import { Uri } from '../../components/Uri';
import { Account, Count } from '../../components/Value';
import { formatBps } from '../../lib/amount';
import { day, fullTime } from '../../lib/time';
import styles from './Facts.module.css';

export function Facts({ listing }: { listing: Listing }) {
  return (
    <Section title="Details">
      <dl className={styles.facts}>
        <Fact name="Licence">{listing.licence === '' ? 'not stated' : <Uri uri={listing.licence} />}</Fact>
        <Fact name="Derivatives">
          {listing.derivatives_allowed ? `allowed, ${formatBps(listing.derivative_bps)} of their net sales` : 'not allowed'}
        </Fact>
        <Fact name="Owner">
          <Account value={listing.owner} label="owner's address" />
        </Fact>
        {listing.approved != null && (
          <Fact name="May manage and move it">
            <Account value={listing.approved} label="approved account's address" />
          </Fact>
        )}
        <Fact name="Creator">
          <Account value={listing.creator} label="creator's address" />
        </Fact>
        <Fact name="Resale royalty">
          {listing.royalty_bps === 0 ? (
            'none'
          ) : (
            <>
              {formatBps(listing.royalty_bps)} to <Account value={listing.royalty_receiver} label="royalty receiver's address" />
            </>
          )}
        </Fact>
        <Fact name="Created">
          <time dateTime={listing.created_at} title={fullTime(listing.created_at)}>
            {day(listing.created_at)}
          </time>
          , block <Count value={listing.created_block} />
        </Fact>
        <Fact name="Metadata">
          <Uri uri={listing.uri} />
        </Fact>
      </dl>
    </Section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
