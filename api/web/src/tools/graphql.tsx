// The explorer at /graphql: a page of its own, so that the app does not carry it.
// oxlint-disable-next-line import/no-unassigned-import -- it tells the editor where its workers are, and gives nothing
import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './tools.css';

import { GraphiQL } from 'graphiql';
import { createRoot } from 'react-dom/client';

const EXAMPLE = `# Everything that stands in one answer is of the same block: see meta.
query Newest {
  meta { chains { chainId blockNumber blockHash finalizedBlock lagBlocks } }
  listings(first: 10) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      id
      kind
      metadata { name }
      plans(first: 3) { nodes { kind price token { symbol decimals } } }
      purchases(first: 3) { nodes { payer amount blockTime } }
    }
  }
}
`;

async function ask(request: unknown): Promise<never> {
  const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
  const response = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify(request) });
  return (await response.json()) as never;
}

const root = document.getElementById('root');
if (root) createRoot(root).render(<GraphiQL fetcher={ask} initialQuery={EXAMPLE} />);
