import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

const edge = 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  build: {
    // Everything is a file of its own, so that the page works under a
    // Content-Security-Policy without data: and inline sources.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
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
