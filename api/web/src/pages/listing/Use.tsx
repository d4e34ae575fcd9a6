import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { accessQuery } from '../../api/queries';
import type { Listing } from '../../api/types';
import { CopyButton } from '../../components/CopyButton';
import { FileHash } from '../../components/FileHash';
import { Section } from '../../components/Section';
import { Uri } from '../../components/Uri';
import { day } from '../../lib/time';
import { useWallet } from '../../wallet/store';
import styles from './Buy.module.css';

/** What the reader may use of the listing and how; nothing for those who may not. */
export function Use({ listing }: { listing: Listing }) {
  const { account } = useWallet();
  const { data } = useQuery({ ...accessQuery(listing.id, account ?? ''), enabled: account !== null });
  if (account === null || data === undefined || !(data.valid || data.owner)) return null;
  const newest = listing.versions.toSorted((a, b) => b.version - a.version)[0];
  const proof = `${window.location.origin}/v1/access?listing=${listing.id}&account=${account}`;
  return (
    <Section title={data.owner ? 'Yours' : 'You have a pass'} note={data.expires_at == null ? (data.kind ?? 'owner') : `until ${day(data.expires_at)}`}>
      <div className={styles.use} data-testid="use">
        {newest !== undefined && newest.uris.length > 0 && (
          <div className={styles.part}>
            <h3>Get version {newest.version}</h3>
            {newest.uris.map((uri) => (
              <Uri key={uri} uri={uri} />
            ))}
            <Check hash={newest.content_hash} />
          </div>
        )}
        <div className={styles.part}>
          <h3>Licence</h3>
          {listing.licence === '' ? 'Its owner stated none.' : <Uri uri={listing.licence} />}
        </div>
        <div className={styles.part}>
          <h3>
            Proof of the pass <CopyButton text={`curl -s '${proof}'`} label="command" />
          </h3>
          <p>Anyone can check it, a service before it answers you, too:</p>
          <code className={styles.code}>{`curl -s '${proof}'`}</code>
        </div>
      </div>
    </Section>
  );
}

/** Compares a file on this device with the hash on the chain. */
function Check({ hash }: { hash: string }) {
  const [found, setFound] = useState<string | null>(null);
  return (
    <>
      <FileHash label="Check what you downloaded" onHash={setFound} />
      {found !== null && (
        <output className={found === hash.toLowerCase() ? styles.good : styles.bad} data-testid="hash-verdict">
          {found === hash.toLowerCase()
            ? 'It is exactly what the chain names.'
            : 'Its sha-256 is not the hash on the chain. It is another file, or the hash is that of an IPFS address.'}
        </output>
      )}
    </>
  );
}
