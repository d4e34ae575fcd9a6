import type { Listing, Version } from '../../api/types';
import { Fingerprint } from '../../components/Fingerprint';
import { Section } from '../../components/Section';
import { Uri } from '../../components/Uri';
import { VerifyContent } from '../../components/Verify';
import { Age, Count, Hex } from '../../components/Value';
import styles from './Versions.module.css';

export function Versions({ listing }: { listing: Listing }) {
  const newestFirst = listing.versions.toSorted((a, b) => b.version - a.version);
  return (
    <Section title="Versions" note={`${newestFirst.length}`}>
      <ol>
        {newestFirst.map((version) => (
          <VersionRow key={version.version} version={version} latest={version.version === listing.version} />
        ))}
      </ol>
    </Section>
  );
}

function VersionRow({ version, latest }: { version: Version; latest: boolean }) {
  return (
    <li className={styles.version}>
      <div className={styles.head}>
        <span className={styles.number}>v{version.version}</span>
        {latest && <span className={styles.latest}>latest</span>}
        <span className={styles.when}>
          block <Count value={version.block_number} /> · <Age time={version.published_at} suffix />
        </span>
      </div>
      <div className={styles.print}>
        <Fingerprint hash={version.content_hash} />
      </div>
      <dl className={styles.facts}>
        <dt>Content hash</dt>
        <dd>
          <Hex value={version.content_hash} label="content hash" />
        </dd>
        <dt>{version.uris.length === 1 ? 'URI' : 'URIs'}</dt>
        <dd>
          {version.uris.length === 0 && 'none'}
          {version.uris.map((uri) => (
            <Uri key={uri} uri={uri} />
          ))}
        </dd>
        <dt>Transaction</dt>
        <dd>
          <Hex value={version.tx_hash} label="transaction hash" />
        </dd>
      </dl>
      {!/^0x0*$/.test(version.content_hash) && (
        <div className={styles.verify}>
          <VerifyContent uris={version.uris} hash={version.content_hash} />
        </div>
      )}
    </li>
  );
}
