// Measures what a browser fetches for a page, in bytes as they come over the network.

/** Prepares a page that is not open yet. Returns a function that measures what came until then. */
export function weigh(page) {
  const sizes = new Map();
  const keep = (response) => {
    const { pathname } = new URL(response.url());
    if (!pathname.startsWith('/v1/')) sizes.set(pathname, response.request().sizes());
  };
  page.on('response', keep);
  return async () => {
    page.off('response', keep);
    const parts = [];
    for (const [path, size] of sizes) parts.push({ path, bytes: (await size).responseBodySize });
    return { parts, bytes: parts.reduce((sum, part) => sum + part.bytes, 0) };
  };
}
