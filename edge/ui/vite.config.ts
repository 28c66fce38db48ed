import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// From its sources: nothing has to be built or published before the page.
const client = decodeURIComponent(new URL('../client/src/index.ts', import.meta.url).pathname);
const edge = 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@ledgercast/client': client } },
  build: {
    // Everything is a file of its own, so that the page works under a
    // Content-Security-Policy without data: and inline sources.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // A few percent smaller than what the default makes.
    minify: 'terser',
  },
  server: {
    proxy: {
      // The edge refuses a foreign Origin; while developing, the page's origin is Vite's.
      '/v1': { target: edge, changeOrigin: true, ws: true, headers: { origin: edge } },
    },
  },
  test: {
    include: ['test/**/*.test.ts'],
  },
});
