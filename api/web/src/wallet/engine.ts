import {
  connect as connectWith,
  type Config,
  type Connector,
  createConfig,
  disconnect as disconnectFrom,
  getConnection,
  getConnectors,
  reconnect,
  switchChain,
  watchConnection,
  watchConnectors,
} from '@wagmi/core';
import { createPublicClient, createWalletClient, custom, defineChain, type EIP1193Provider, type PublicClient, type WalletClient } from 'viem';
import { getStatus } from '../api/client';
import { currentWallet, type Hex, noWallet, setWallet } from './store';

/** A wallet that announced itself in this browser (EIP-6963). */
export interface Found {
  id: string;
  name: string;
  icon: string | null;
}

let ready: Promise<Config> | null = null;

/** The chains are those that the API serves. Nothing is asked of them but through the wallet. */
async function setUp(): Promise<Config> {
  const { data } = await getStatus(new AbortController().signal);
  const chains = data.chains.map(({ chain_id, name }) =>
    defineChain({
      id: chain_id,
      name,
      nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
      rpcUrls: { default: { http: [] } },
    }),
  );
  const [first, ...rest] = chains;
  if (first === undefined) throw new Error('The API serves no chain yet.');
  const made = createConfig({
    chains: [first, ...rest],
    connectors: [],
    multiInjectedProviderDiscovery: true,
    client: ({ chain }) => createPublicClient({ chain, transport: custom({ request: throughWallet }) }),
  });
  watchConnection(made, { onChange: () => void follow() });
  return made;
}

/** Reads go through the connected wallet: the page knows no node of its own. */
async function throughWallet(request: { method: string; params?: unknown }): Promise<unknown> {
  const provider = await currentProvider();
  return provider.request(request as Parameters<EIP1193Provider['request']>[0]);
}

function config(): Promise<Config> {
  ready ??= setUp().catch((error: unknown) => {
    ready = null;
    throw error;
  });
  return ready;
}

async function follow(): Promise<void> {
  const { status, address, chainId, connector } = getConnection(await config());
  if (status === 'connected') {
    setWallet({ status: 'connected', account: address, chainId, name: connector.name });
  } else if (status === 'connecting' || status === 'reconnecting') {
    setWallet({ ...currentWallet(), status: 'connecting' });
  } else {
    noWallet();
  }
}

export async function resume(): Promise<void> {
  const it = await config();
  const known = await reconnect(it, { connectors: getConnectors(it) });
  if (known.length === 0) noWallet();
}

/** The wallets of this browser, now and as they come. */
export async function watchFound(show: (found: Found[]) => void): Promise<() => void> {
  const it = await config();
  const tell = (connectors: readonly Connector[]) =>
    show(connectors.map(({ uid, name, icon }) => ({ id: uid, name, icon: icon?.startsWith('data:image/') ? icon.trim() : null })));
  tell(getConnectors(it));
  return watchConnectors(it, { onChange: tell });
}

export async function connect(id: string): Promise<void> {
  const it = await config();
  const connector = getConnectors(it).find(({ uid }) => uid === id);
  if (connector === undefined) throw new Error('This wallet is gone. Reload the page and try again.');
  await connectWith(it, { connector });
  await follow();
}

export async function disconnect(): Promise<void> {
  await disconnectFrom(await config());
  noWallet();
}

async function currentProvider(): Promise<EIP1193Provider> {
  const { connector } = getConnection(await config());
  if (connector === undefined) throw new Error('No wallet is connected.');
  return (await connector.getProvider()) as EIP1193Provider;
}

/** What acts for the connected account on a chain; asks the wallet to go there first. */
export interface Actor {
  account: Hex;
  chainId: number;
  read: PublicClient;
  write: WalletClient;
}

export async function actor(chainId: number): Promise<Actor> {
  const it = await config();
  const { address, chainId: at } = getConnection(it);
  if (address === undefined) throw new Error('No wallet is connected.');
  if (at !== chainId) await switchChain(it, { chainId });
  const provider = await currentProvider();
  const chain = it.chains.find(({ id }) => id === chainId);
  const transport = custom(provider);
  return {
    account: address,
    chainId,
    read: createPublicClient({ transport, ...(chain && { chain }) }),
    write: createWalletClient({ account: address, transport, ...(chain && { chain }) }),
  };
}

/** A client to look transactions up, if the wallet is on that chain; else nothing. */
export async function reader(chainId: number): Promise<PublicClient | null> {
  const { account, chainId: at } = currentWallet();
  if (account === null || at !== chainId) return null;
  return createPublicClient({ transport: custom(await currentProvider()) });
}
