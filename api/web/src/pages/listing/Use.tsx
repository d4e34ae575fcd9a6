import { useQuery } from '@tanstack/react-query';
import { accessQuery } from '../../api/queries';
import type { Listing, Version } from '../../api/types';
import { CopyButton } from '../../components/CopyButton';
import { DownloadIcon } from '../../components/icons';
import { Section } from '../../components/Section';
import { Uri } from '../../components/Uri';
import { CheckFile } from '../../components/Verify';
import { licenceUrl, sampleFor } from '../../lib/use';
import { placesOf } from '../../lib/places';
import { day } from '../../lib/time';
import { useWallet } from '../../wallet/store';
import styles from './Buy.module.css';

/** What the reader may use of the listing and how; nothing for those who may not. */
export function Use({ listing }: { listing: Listing }) {
  const { account } = useWallet();
  const { data } = useQuery({ ...accessQuery(listing.id, account ?? ''), enabled: account !== null });
  if (account === null || data === undefined || !(data.valid || data.owner)) return null;
  const newest = listing.versions.toSorted((a, b) => b.version - a.version)[0];
  const { origin } = window.location;
  const proof = `curl -s '${origin}/v1/access?listing=${listing.id}&account=${account}'`;
  const sample = sampleFor(listing, newest, origin, account);
  return (
    <Section title={data.owner ? 'Yours' : 'You have a pass'} note={data.expires_at == null ? (data.kind ?? 'owner') : `until ${day(data.expires_at)}`}>
      <div className={styles.use} data-testid="use">
        {newest !== undefined && newest.uris.length > 0 && <Download version={newest} />}
        <div className={styles.part}>
          <h3>Licence</h3>
          <Licence licence={listing.licence} />
        </div>
        <Code title={sample.title} text={sample.code} says={sample.says} />
        <Code title="Proof of the pass" text={proof} says="Anyone can check it, a service before it answers you, too." />
      </div>
    </Section>
  );
}

function Download({ version }: { version: Version }) {
  const kept = placesOf(version.uris, version.content_hash, window.location.origin).find(({ path, uri }) => path !== null && version.uris.includes(uri));
  return (
    <div className={styles.part}>
      <h3>Get version {version.version}</h3>
      {kept?.path != null && (
        <p>
          <a href={kept.path} download className={styles.download}>
            <DownloadIcon /> Download from here
          </a>
        </p>
      )}
      {version.uris.map((uri) => (
        <Uri key={uri} uri={uri} />
      ))}
      <CheckFile hash={version.content_hash} />
    </div>
  );
}

function Licence({ licence }: { licence: string }) {
  if (licence === '') return <p>Its owner stated none.</p>;
  const url = licenceUrl(licence);
  if (url === null) return <Uri uri={licence} />;
  return (
    <p>
      <a href={url} target="_blank" rel="noopener noreferrer nofollow">
        {licence}
      </a>
      , the whole text
    </p>
  );
}

function Code({ title, text, says }: { title: string; text: string; says: string }) {
  return (
    <div className={styles.part}>
      <h3>
        {title} <CopyButton text={text} label={title.toLowerCase()} />
      </h3>
      <p>{says}</p>
      {/* What scrolls must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre className={styles.code} tabIndex={0}>
        {text}
      </pre>
    </div>
  );
}
