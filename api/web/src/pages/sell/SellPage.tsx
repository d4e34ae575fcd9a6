import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { getTransaction } from '../../api/client';
import { listingNameQuery, statusQuery } from '../../api/queries';
import type { ChainStatus, Kind } from '../../api/types';
import { KindName, KindTile } from '../../components/Badge';
import { FileHash } from '../../components/FileHash';
import { Fingerprint } from '../../components/Fingerprint';
import { Button, CheckField, SelectField, TextArea, TextField } from '../../components/Form';
import { Skeleton } from '../../components/Skeleton';
import { Upload } from '../../components/Upload';
import { ActionState } from '../../components/TxState';
import { formatBps } from '../../lib/amount';
import { displayName, KIND_LABEL, KINDS } from '../../lib/kinds';
import { checkMetadata, checkUri, inlineUri, LONGEST_URI, metadataDocument, type MetadataDraft, NO_METADATA, tagsOf } from '../../lib/metadata';
import { parseBps, splitId } from '../../lib/parse';
import { askForWallet, type Hex, useWallet } from '../../wallet/store';
import { isSeen } from '../../wallet/tx';
import { useAction } from '../../wallet/useAction';
import styles from './SellPage.module.css';

const ZERO: Hex = '0x0000000000000000000000000000000000000000';
const NO_HASH: Hex = `0x${'0'.repeat(64)}`;

interface Draft extends MetadataDraft {
  kind: Kind;
  hash: Hex | null;
  contentUri: string;
  metadataUri: string;
  derivatives: boolean;
  asks: string;
  parents: { id: string; part: string }[];
  royalty: string;
}

const EMPTY: Draft = { ...NO_METADATA, kind: 'model', hash: null, contentUri: '', metadataUri: '', derivatives: true, asks: '5', parents: [], royalty: '0' };

export function SellPage() {
  const { data } = useQuery(statusQuery());
  return (
    <>
      <title>Sell · Stoa</title>
      <header className={styles.header}>
        <h1 className={styles.heading}>List something</h1>
        <p className={styles.lead}>Two steps: say what it is, then price it. The listing is an NFT in your wallet; what it earns is yours.</p>
      </header>
      {data === undefined ? <Skeleton height={480} /> : <Wizard chains={data.data.chains} />}
    </>
  );
}

function errorsOf(draft: Draft) {
  const document = metadataDocument(draft);
  const inline = inlineUri(document);
  const asks = draft.derivatives ? parseBps(draft.asks, 2500) : 0;
  const royalty = parseBps(draft.royalty, 1000);
  const parents = draft.parents.map(({ id, part }) => ({ id: /^\d+-[1-9]\d*$/.test(id.trim()) ? id.trim() : null, bps: parseBps(part, 5000) }));
  const granted = parents.reduce((sum, { bps }) => sum + (bps ?? 0), 0);
  const content = draft.contentUri === '' ? null : checkUri(draft.contentUri);
  const errors = {
    ...checkMetadata(draft),
    metadataUri: inline !== null ? null : draft.metadataUri === '' ? `The description is too long to lie in the listing itself (${LONGEST_URI} bytes). Put the document somewhere and give its address.` : checkUri(draft.metadataUri),
    contentUri: content ?? (draft.hash !== null && draft.contentUri === '' ? 'Say where this file can be fetched.' : draft.hash === null && draft.contentUri !== '' ? 'Choose the file, so that its hash is on the chain.' : null),
    asks: asks === null ? 'A percentage of at most 25, with at most two decimals.' : null,
    royalty: royalty === null ? 'A percentage of at most 10, with at most two decimals.' : null,
    parents: parents.some(({ id, bps }) => id === null || bps === null || bps === 0) ? 'Each parent is a listing such as 31337-2 and a percentage.' : granted > 5000 ? 'At most 50 % in all.' : new Set(parents.map(({ id }) => id)).size < parents.length ? 'Each parent once.' : null,
  };
  return { errors, document, inline, asks, royalty, parents };
}

function Wizard({ chains }: { chains: ChainStatus[] }) {
  const [draft, setDraft] = useState(EMPTY);
  const [chainId, setChain] = useState(chains[0]?.chain_id ?? 0);
  const [tried, setTried] = useState(false);
  const [file, setFile] = useState<File | null>(null);
  const { account } = useWallet();
  const action = useAction();
  const change = (part: Partial<Draft>) => setDraft((was) => ({ ...was, ...part }));
  const { errors, document, inline, asks, royalty, parents } = errorsOf(draft);
  const wrong = Object.values(errors).some((error) => error != null);
  const chain = chains.find(({ chain_id }) => chain_id === chainId);
  const shown = (error: string | null | undefined) => (tried ? error : null);
  useLeaveWhenCreated(action.sent.at(-1), chainId);

  const list = () => {
    setTried(true);
    if (wrong) {
      // Once the errors are drawn, the first of them gets the focus.
      requestAnimationFrame(() => window.document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
      return;
    }
    if (chain === undefined) return;
    void action.run(chainId, async (acting) => {
      const { createListing } = await import('../../wallet/orders');
      const sorted = parents.flatMap(({ id, bps }) => (id === null || bps === null ? [] : [{ number: splitId(id).number, bps }]));
      sorted.sort((a, b) => (a.number < b.number ? -1 : 1));
      const data = createListing({
        kind: KINDS.indexOf(draft.kind),
        uri: inline ?? draft.metadataUri,
        contentHash: draft.hash ?? NO_HASH,
        uris: draft.contentUri === '' ? [] : [draft.contentUri],
        licence: draft.licence.trim(),
        derivatives: draft.derivatives,
        derivativeBps: asks ?? 0,
        parents: sorted.map(({ number }) => number),
        parentBps: sorted.map(({ bps }) => bps),
        royaltyReceiver: (royalty ?? 0) > 0 ? acting.account : ZERO,
        royaltyBps: royalty ?? 0,
      });
      return [{ title: `List ${draft.name.trim()}`, to: chain.contracts['Listings'] as Hex, data, about: '/portfolio' }];
    });
  };

  return (
    <div className={styles.columns}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          list();
        }}
      >
        <fieldset className={styles.group}>
          <legend>What it is</legend>
          <div className={styles.pair}>
            <SelectField label="Kind" value={draft.kind} onChange={(kind) => change({ kind: kind as Kind })}>
              {KINDS.map((kind) => (
                <option key={kind} value={kind}>
                  {KIND_LABEL[kind].one}
                </option>
              ))}
            </SelectField>
            {chains.length > 1 ? (
              <SelectField label="Chain" value={String(chainId)} onChange={(id) => setChain(Number(id))}>
                {chains.map(({ chain_id, name }) => (
                  <option key={chain_id} value={chain_id}>
                    {name}
                  </option>
                ))}
              </SelectField>
            ) : (
              <TextField label="Licence of the content" value={draft.licence} onChange={(licence) => change({ licence })} error={shown(errors.licence)} hint="An SPDX identifier such as Apache-2.0." />
            )}
          </div>
          <TextField label="Name" value={draft.name} onChange={(name) => change({ name })} error={shown(errors.name)} maxLength={250} />
          <TextArea label="Description" value={draft.description} onChange={(description) => change({ description })} error={shown(errors.description)} hint="What it does, for people." />
          <div className={styles.pair}>
            <TextField label="Tags" value={draft.tags} onChange={(tags) => change({ tags })} error={shown(errors.tags)} hint="Words to find it by, with commas between." />
            <TextField label="Task" value={draft.task} onChange={(task) => change({ task })} error={shown(errors.task)} hint="Such as text-generation." />
          </div>
          {inline === null && (
            <>
              <TextField label="Address of the description" value={draft.metadataUri} onChange={(metadataUri) => change({ metadataUri })} error={errors.metadataUri} placeholder="https://… or ipfs://…" />
              <a className={styles.download} download="metadata.json" href={`data:application/json,${encodeURIComponent(document)}`}>
                Save the document to put there
              </a>
            </>
          )}
        </fieldset>
        <fieldset className={styles.group}>
          <legend>The content of version 1</legend>
          <p className={styles.hint}>A service or an agent may have none. The file stays on this device unless you upload it: only its hash goes on the chain.</p>
          <FileHash
            label="File"
            onHash={(hash, chosen) => {
              change({ hash });
              setFile(chosen);
            }}
          >
            {file !== null && draft.hash !== null && <Upload key={draft.hash} file={file} sha256={draft.hash} chainId={chainId} onUploaded={(contentUri) => change({ contentUri })} />}
          </FileHash>
          <TextField label="Where it can be fetched" value={draft.contentUri} onChange={(contentUri) => change({ contentUri })} error={shown(errors.contentUri)} placeholder="https://… or ipfs://…" />
        </fieldset>
        <fieldset className={styles.group}>
          <legend>Lineage</legend>
          <CheckField label="Others may derive from it" checked={draft.derivatives} onChange={(derivatives) => change({ derivatives })} />
          {draft.derivatives && <TextField label="Part of their revenue" inputMode="decimal" unit="%" value={draft.asks} onChange={(asked) => change({ asks: asked })} error={shown(errors.asks)} hint="At most 25 %." />}
          <Parents draft={draft} change={change} error={shown(errors.parents)} />
          <TextField label="Royalty when the listing itself is resold" inputMode="decimal" unit="%" value={draft.royalty} onChange={(asked) => change({ royalty: asked })} error={shown(errors.royalty)} hint="At most 10 %. Of the NFT, not of what it sells." />
        </fieldset>
        <ActionState action={action} />
        {tried && wrong && <p className={styles.bad} role="alert">Some fields need another look.</p>}
        {account === null ? (
          <Button look="solid" onClick={() => askForWallet()}>
            Connect a wallet
          </Button>
        ) : (
          <Button type="submit" look="solid" data-testid="list" disabled={action.busy}>
            {action.busy ? 'Under way…' : 'List it'}
          </Button>
        )}
      </form>
      <Preview draft={draft} />
    </div>
  );
}

/** Once the page's data holds the listing, its own page says how to price it. */
function useLeaveWhenCreated(tx: ReturnType<typeof useAction>['sent'][number] | undefined, chainId: number): void {
  const navigate = useNavigate();
  const hash = tx !== undefined && isSeen(tx) ? tx.hash : null;
  useEffect(() => {
    if (hash === null) return;
    const gone = new AbortController();
    const leave = async () => {
      const { data } = await getTransaction(hash, chainId, gone.signal);
      const created = data.events.find(({ event }) => event === 'ListingCreated');
      const id = (created?.args as { listing?: unknown } | undefined)?.listing;
      if (id !== undefined) await navigate({ to: '/listings/$listingId/manage', params: { listingId: `${chainId}-${String(id)}` } });
    };
    // Where the API does not answer now, the portfolio has the listing, too.
    leave().catch(() => {});
    return () => gone.abort();
  }, [hash, chainId, navigate]);
}

interface ParentsProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  error: string | null | undefined;
}

function Parents({ draft, change, error }: ParentsProps) {
  const set = (at: number, part: Partial<Draft['parents'][number]>) => change({ parents: draft.parents.map((parent, n) => (n === at ? { ...parent, ...part } : parent)) });
  return (
    <div className={styles.parents}>
      {draft.parents.map((parent, at) => (
        // Parents have no identity before they are written.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={at} className={styles.parent}>
          <TextField label="Derived from" value={parent.id} onChange={(id) => set(at, { id })} placeholder="31337-2" hint={<ParentTerms id={parent.id} />} />
          <TextField label="Gets of its revenue" inputMode="decimal" unit="%" value={parent.part} onChange={(part) => set(at, { part })} />
          <Button small look="quiet" aria-label={`Remove parent ${parent.id}`} onClick={() => change({ parents: draft.parents.filter((_, n) => n !== at) })}>
            Remove
          </Button>
        </div>
      ))}
      {error && <p className={styles.bad}>{error}</p>}
      {draft.parents.length < 8 && (
        <Button small onClick={() => change({ parents: [...draft.parents, { id: '', part: '5' }] })}>
          Add a parent
        </Button>
      )}
    </div>
  );
}

function ParentTerms({ id }: { id: string }) {
  const whole = /^\d+-[1-9]\d*$/.test(id.trim());
  const { data } = useQuery({ ...listingNameQuery(id.trim()), enabled: whole });
  if (!whole) return <>Its parents and their parts never change.</>;
  if (data === undefined) return <>Looking for it…</>;
  return <>{data.derivatives_allowed ? `${displayName(data)} asks ${formatBps(data.derivative_bps)}.` : `${displayName(data)} allows no derivatives.`}</>;
}

function Preview({ draft }: { draft: Draft }) {
  return (
    <aside className={styles.preview} aria-label="Preview" data-kind={draft.kind}>
      <p className={styles.hint}>Preview</p>
      <div className={styles.card}>
        <div className={styles.top}>
          <KindTile kind={draft.kind} />
          <KindName kind={draft.kind} />
        </div>
        <h2 className={styles.name}>{draft.name.trim() || 'Its name'}</h2>
        <p className={styles.description}>{draft.description.trim() || 'What it does.'}</p>
        <ul className={styles.tags}>
          {tagsOf(draft.tags)
            .slice(0, 5)
            .map((tag) => (
              <li key={tag}>{tag}</li>
            ))}
        </ul>
        <div className={styles.print}>
          <Fingerprint hash={draft.hash ?? ''} />
        </div>
      </div>
      <p className={styles.hint}>
        Everything here is public and stays on the chain. <Link to="/">See how others look.</Link>
      </p>
    </aside>
  );
}
