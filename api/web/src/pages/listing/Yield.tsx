import { useQuery } from '@tanstack/react-query';
import { yieldQuery } from '../../api/queries';
import type { Listing } from '../../api/types';
import { Section } from '../../components/Section';
import { Amount } from '../../components/Value';
import { formatBps, formatDecimal, tokenLabel } from '../../lib/amount';
import { day, fullTime } from '../../lib/time';
import styles from './Yield.module.css';

/** What a share earned lately, by token, and what that is of what shares were last sold for. Not a forecast. */
export function Yield({ listing }: { listing: Listing }) {
  const { data = [] } = useQuery({ ...yieldQuery(listing.id), enabled: listing.shares != null });
  if (data.length === 0) return null;
  return (
    <Section title="Yield of a share">
      {data.map(({ token, windows, last_sale: sale }) => (
        <div key={token.address} className={styles.token} data-testid="yield">
          <table className={styles.table}>
            <thead>
              <tr>
                <th scope="col">{tokenLabel(token)}</th>
                <th scope="col">all shares</th>
                <th scope="col">one share</th>
                {sale != null && <th scope="col">of its price</th>}
              </tr>
            </thead>
            <tbody>
              {windows.map(({ days, earned, per_share: each, of_last_price_bps: bps }) => (
                <tr key={days}>
                  <th scope="row">{days} days</th>
                  <td>
                    <Amount base={earned} token={token} digits={2} />
                  </td>
                  <td>{formatDecimal(each, token.decimals ?? 0, 4)}</td>
                  {sale != null && <td>{bps == null ? '–' : formatBps(Number(bps))}</td>}
                </tr>
              ))}
            </tbody>
          </table>
          {sale != null && (
            <p className={styles.note}>
              A share was last sold for {formatDecimal(sale.price, token.decimals ?? 0, 4)} {tokenLabel(token)},{' '}
              <time dateTime={sale.time} title={fullTime(sale.time)}>
                {day(sale.time)}
              </time>
              . Not annualised.
            </p>
          )}
        </div>
      ))}
    </Section>
  );
}
