import { Link } from '@tanstack/react-router';
import { usePurchases } from '../../api/queries';
import { PurchaseList } from '../../components/PurchaseList';
import { Skeleton } from '../../components/Skeleton';
import styles from './LivePanel.module.css';

/** As many rows as the column has room for; narrower screens show fewer of them. */
const ROWS = 10;
const SKELETONS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'];

/** The newest purchases beside the gallery. Its height is fixed, so arrivals move nothing around it. */
export function LivePanel() {
  const { data, items, error } = usePurchases({});
  return (
    <section className={styles.panel} aria-labelledby="live-heading">
      <header className={styles.header}>
        <h2 id="live-heading" className={styles.heading}>
          Latest purchases
        </h2>
        <Link to="/activity" className={styles.all}>
          All
        </Link>
      </header>
      <div className={styles.rows}>
        {data !== undefined && items.length > 0 && <PurchaseList items={items} compact limit={ROWS} />}
        {data !== undefined && items.length === 0 && <p className={styles.empty}>Nothing has been bought yet.</p>}
        {data === undefined && error && <p className={styles.empty}>They could not be read. The page keeps trying.</p>}
        {data === undefined && !error && <Waiting />}
      </div>
    </section>
  );
}

function Waiting() {
  return (
    <ul aria-busy="true" aria-label="Loading purchases">
      {SKELETONS.map((key) => (
        <li key={key} className={styles.waiting}>
          <Skeleton width="62%" height={12} />
          <Skeleton width="38%" height={10} />
        </li>
      ))}
    </ul>
  );
}
