import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const api = process.env['STOA_API_URL'] ?? 'http://127.0.0.1:8080';

/** A browser that asks for a page gets the explorer; everything else is the API's. */
function page(request: { method?: string | undefined; headers: { accept?: string | undefined } }): string | undefined {
  return request.method === 'GET' && request.headers.accept?.includes('text/html') ? '/graphql.html' : undefined;
}

export default defineConfig({
  plugins: [react()],
  build: {
    target: ['chrome123', 'firefox121', 'safari17.5'],
    // Data URIs would need a looser Content-Security-Policy, and so would an inline polyfill.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // Explorer and interactive documentation are pages of their own: the app does not carry them.
    rolldownOptions: { input: ['index.html', 'graphql.html', 'docs.html'] },
  },
  server: {
    proxy: { '/v1': api, '/graphql': { target: api, bypass: page } },
  },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts', 'test/**/*.test.mjs'],
  },
});
