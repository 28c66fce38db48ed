import { defineConfig } from 'vitest/config';

export default defineConfig({
  build: {
    // One ES module. What it needs of others (SHA-256) is in it, so it depends on nothing.
    lib: { entry: 'src/index.ts', formats: ['es'], fileName: 'index' },
    target: 'es2022',
    minify: false,
    sourcemap: true,
  },
  test: {
    include: ['test/**/*.test.ts'],
    // They wait for nothing, but machines may be slow.
    testTimeout: 120_000,
  },
});
