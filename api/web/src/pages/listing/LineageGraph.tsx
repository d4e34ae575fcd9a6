import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { lineageQuery } from '../../api/queries';
import type { Listing } from '../../api/types';
import { formatBps } from '../../lib/amount';
import { displayName } from '../../lib/kinds';
import { drawLineage, NODE } from '../../lib/lineage';
import styles from './Lineage.module.css';

/** What it derives from and what derives from it, to any depth the API tells; lines are as thick as the part that is passed on. */
export function LineageGraph({ listing }: { listing: Listing }) {
  const { data: ancestors } = useQuery(lineageQuery(listing.id, 'ancestors'));
  const { data: descendants } = useQuery(lineageQuery(listing.id, 'descendants'));
  const [pointed, setPointed] = useState<string | null>(null);
  const name = displayName(listing);
  const drawing = useMemo(
    () => (ancestors === undefined || descendants === undefined ? null : drawLineage({ id: listing.id, name }, ancestors, descendants)),
    [ancestors, descendants, listing.id, name],
  );
  if (drawing === null) return <div className={styles.graph} aria-busy="true" />;
  return (
    <div className={styles.graph}>
      {/* The parts that are passed on stand in the lists below: the picture repeats them. */}
      <div className={styles.canvas} style={{ width: drawing.width, height: drawing.height }}>
        <svg width={drawing.width} height={drawing.height} aria-hidden="true" className={styles.lines}>
          {drawing.lines.map(({ from, to, bps, path }) => (
            <path key={`${from} ${to}`} d={path} data-lit={pointed === from || pointed === to || undefined} strokeWidth={1 + (bps / 10_000) * 24}>
              <title>{formatBps(bps)}</title>
            </path>
          ))}
        </svg>
        <ul>
          {drawing.nodes.map((node) => (
            <li key={node.id} style={{ left: node.x, top: node.y, width: NODE.width, height: NODE.height }} className={styles.place}>
              <Link
                to="/listings/$listingId"
                params={{ listingId: node.id }}
                className={styles.node}
                data-self={node.id === listing.id || undefined}
                activeProps={{}}
                onPointerEnter={() => setPointed(node.id)}
                onPointerLeave={() => setPointed(null)}
                onFocus={() => setPointed(node.id)}
                onBlur={() => setPointed(null)}
              >
                <bdi title={node.name ?? undefined}>{node.name ?? `Listing ${node.id}`}</bdi>
                <span className={styles.id}>{node.id}</span>
              </Link>
            </li>
          ))}
        </ul>
      </div>
      {drawing.hidden > 0 && <p className={styles.more}>and {drawing.hidden} more that are not drawn</p>}
    </div>
  );
}
