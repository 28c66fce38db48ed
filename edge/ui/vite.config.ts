import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// The client is built from its sources, so nothing has to be built or published before the page.
const client = decodeURIComponent(new URL('../client/src/index.ts', import.meta.url).pathname);
const edge = 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@ledgercast/client': client } },
  build: {
    // Every asset is a file of its own, so that the page works under a Content-Security-Policy without data: and
    // inline sources.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // terser makes the page a few percent smaller than the default.
    minify: 'terser',
  },
  server: {
    proxy: {
      // The edge refuses a foreign Origin. During development the page's origin is Vite's, so it is replaced.
      '/v1': { target: edge, changeOrigin: true, ws: true, headers: { origin: edge } },
    },
  },
  test: {
    include: ['test/**/*.test.ts'],
  },
});
