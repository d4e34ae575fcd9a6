import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { marketQuery } from '../../api/queries';
import type { ChainStatus } from '../../api/types';
import { SelectField, TextField } from '../../components/Form';
import type { TokenLike } from '../../lib/amount';
import { tokenLabel } from '../../lib/amount';
import { isAddress } from '../../lib/parse';
import { engine, type Hex, useWallet } from '../../wallet/store';

const OTHER = 'other';

/** Tokens that something was sold for here, and STOA. */
function useKnownTokens(chain: ChainStatus): TokenLike[] {
  const { data = [] } = useQuery(marketQuery());
  const sold: TokenLike[] = data.find(({ chain_id }) => chain_id === chain.chain_id)?.turnover.map(({ token }) => token) ?? [];
  const stoa = chain.contracts['StoaToken'];
  const own = stoa === undefined ? [] : [{ address: stoa, symbol: 'STOA', decimals: 18 }];
  return [...new Map([...sold, ...own].map((token) => [token.address.toLowerCase(), token])).values()];
}

/** What another token says of itself, asked through the wallet. */
function useOther(chain: ChainStatus, address: string) {
  const { account, chainId } = useWallet();
  return useQuery({
    queryKey: ['token', chain.chain_id, address],
    enabled: isAddress(address) && account !== null && chainId === chain.chain_id,
    queryFn: async (): Promise<TokenLike> => {
      const [{ actor }, { stoaTokenAbi: abi }] = await Promise.all([engine(), import('../../chain/abi')]);
      const { read } = await actor(chain.chain_id);
      const token = { address: address as Hex, abi } as const;
      const decimals = await read.readContract({ ...token, functionName: 'decimals' });
      const symbol = await read.readContract({ ...token, functionName: 'symbol' }).catch(() => null);
      return { address, symbol, decimals };
    },
  });
}

interface TokenChoice {
  token: TokenLike | undefined;
  /** Those to choose from. */
  select: ReactNode;
  /** Where another one is; nothing while one of those is chosen. */
  address: ReactNode;
}

/** Fields to choose a token by: one that is known here, or any other by its address. */
export function useTokenChoice(chain: ChainStatus, label: string): TokenChoice {
  const known = useKnownTokens(chain);
  const [chosen, setChosen] = useState<string | null>(null);
  const [address, setAddress] = useState('');
  const other = useOther(chain, address);
  const token = chosen === OTHER ? other.data : (known.find((each) => each.address === chosen) ?? known[0]);
  const select = (
    <SelectField label={label} value={chosen ?? token?.address ?? ''} onChange={setChosen}>
      {known.map((each) => (
        <option key={each.address} value={each.address}>
          {tokenLabel(each)}
        </option>
      ))}
      <option value={OTHER}>Another token…</option>
    </SelectField>
  );
  const field = chosen === OTHER && (
    <TextField
      label="Address of the token"
      value={address}
      onChange={setAddress}
      placeholder="0x…"
      error={address !== '' && !isAddress(address) ? 'Write an address: 0x and 40 hexadecimal digits.' : other.error ? 'No ERC-20 answers there.' : null}
      hint={other.data ? `${tokenLabel(other.data)}, ${other.data.decimals} decimals` : 'Buyers will see that the deployment does not know it.'}
    />
  );
  return { token, select, address: field };
}
