import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { flowQuery, namesQuery } from '../../api/queries';
import type { Listing } from '../../api/types';
import { KindTile } from '../../components/Badge';
import { Section } from '../../components/Section';
import { Amount } from '../../components/Value';
import { formatBps } from '../../lib/amount';
import { flowed } from '../../lib/lineage';
import styles from './Lineage.module.css';
import { LineageGraph } from './LineageGraph';

type Edge = Listing['parents'][number];

const ALL_BPS = 10_000;
/** Parents are at most 8; a popular listing may have any number of children. */
const CHILDREN_SHOWN = 8;

export function Lineage({ listing }: { listing: Listing }) {
  const { parents, children } = listing;
  if (parents.length === 0 && children.length === 0) {
    return (
      <Section title="Lineage">
        <p className={styles.sentence}>Derived from nothing listed here, and nothing is derived from it.</p>
      </Section>
    );
  }
  return (
    <Section title="Lineage">
      <LineageGraph listing={listing} />
      {parents.length > 0 && (
        <>
          <Split parents={parents} />
          <Edges title="Derived from" edges={parents} flow={(edge) => ({ child: listing.id, parent: edge.id })} say={(edge) => `gets ${formatBps(edge.bps)}`} />
        </>
      )}
      {children.length > 0 && (
        <Edges
          title="Derived from it"
          edges={children.slice(0, CHILDREN_SHOWN)}
          more={children.length - CHILDREN_SHOWN}
          flow={(edge) => ({ child: edge.id, parent: listing.id })}
          say={(edge) => `pays ${formatBps(edge.bps)}`}
        />
      )}
    </Section>
  );
}

/** Where a net sale goes, drawn to scale. */
function Split({ parents }: { parents: Edge[] }) {
  const granted = parents.reduce((sum, parent) => sum + parent.bps, 0);
  return (
    <div className={styles.split}>
      <p>
        Of every net sale {formatBps(ALL_BPS - granted)} stays here and {formatBps(granted)} goes to{' '}
        {parents.length === 1 ? 'its parent' : 'its parents'}.
      </p>
      <div className={styles.bar} aria-hidden="true">
        <span className={styles.own} style={{ flexGrow: ALL_BPS - granted }} />
        {parents.map((parent) => (
          <span key={parent.id} className={styles.part} style={{ flexGrow: parent.bps }} />
        ))}
      </div>
    </div>
  );
}

interface EdgesProps {
  title: string;
  edges: Edge[];
  say: (edge: Edge) => string;
  /** Between which two the money flows. */
  flow: (edge: Edge) => { child: string; parent: string };
  more?: number;
}

function Edges({ title, edges, say, flow, more = 0 }: EdgesProps) {
  const { data: names } = useQuery(namesQuery(edges.map(({ id }) => id)));
  return (
    <div className={styles.group}>
      <h3 className={styles.title}>{title}</h3>
      <ul>
        {edges.map((edge) => {
          const listing = names?.get(edge.id);
          return (
            <li key={edge.id} className={styles.edge}>
              <span className={styles.tile}>{listing && <KindTile kind={listing.kind} />}</span>
              <span className={styles.name}>
                <Link to="/listings/$listingId" params={{ listingId: edge.id }}>
                  <bdi>{listing?.name ?? `Listing ${edge.id}`}</bdi>
                </Link>
                <span className={styles.id}>{edge.id}</span>
              </span>
              <span className={styles.bps}>
                {say(edge)}
                <Flowed {...flow(edge)} />
              </span>
            </li>
          );
        })}
      </ul>
      {more > 0 && <p className={styles.more}>and {more} more</p>}
    </div>
  );
}

/** What went from a child to its parent so far, by the newest settlements. */
function Flowed({ child, parent }: { child: string; parent: string }) {
  const { data = [] } = useQuery(flowQuery(child));
  return flowed(data, parent).map(({ token, amount }) => (
    <span key={token.address} className={styles.flow}>
      <Amount base={amount.toString()} token={token} digits={4} /> so far
    </span>
  ));
}
