// What a page weighs: all that a browser fetches of it, as gzip would send it.

import { gzipSync } from 'node:zlib';

/** For a page that is not opened yet; answers a function that weighs what came until then. */
export function weigh(page) {
  const bodies = new Map();
  const keep = (response) => {
    const { pathname } = new URL(response.url());
    if (!pathname.startsWith('/v1/')) bodies.set(pathname, response.body());
  };
  page.on('response', keep);
  return async () => {
    page.off('response', keep);
    const parts = [];
    for (const [path, body] of bodies) {
      const content = await body;
      // Fonts are compressed already.
      parts.push({ path, bytes: path.endsWith('.woff2') ? content.length : gzipSync(content, { level: 9 }).length });
    }
    return { parts, bytes: parts.reduce((sum, part) => sum + part.bytes, 0) };
  };
}
