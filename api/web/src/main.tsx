import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './styles/tokens.css';
import './styles/base.css';
import { startLive } from './api/live';
import { router } from './router';

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // Polling asks again by itself, with its own back-off.
      retry: false,
      // The API may be on this very device: being offline is judged by its silence.
      networkMode: 'always',
      staleTime: 500,
    },
    mutations: { retry: false, networkMode: 'always' },
  },
});

startLive(queries);

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root"');
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
