import { defineConfig } from 'vitest/config';

export default defineConfig({
  build: {
    // Builds one ES module. It contains what it needs from others (SHA-256), so the package has no dependencies.
    lib: { entry: 'src/index.ts', formats: ['es'], fileName: 'index' },
    target: 'es2022',
    minify: false,
    sourcemap: true,
  },
  test: {
    include: ['test/**/*.test.ts'],
    // The tests wait for nothing, but a machine may be slow.
    testTimeout: 120_000,
  },
});
