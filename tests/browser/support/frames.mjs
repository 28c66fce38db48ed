// What the page sends and is sent over its socket, watched or meddled with.

/** The ids under which the page asks for transfers, over whatever, as they come; for a page not opened yet. */
export function recordIds(page) {
  const ids = [];
  page.on('request', (request) => {
    const isTransfer = request.method() === 'POST' && request.url().endsWith('/v1/transactions');
    if (isTransfer) ids.push(request.headers()['idempotency-key']);
  });
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const { state, data } = JSON.parse(payload);
      if (state === 'createTransaction') ids.push(data.id);
    }),
  );
  return ids;
}

/**
 * Between page and edge: `toEdge` and `toPage` are given each frame and answer it, another one, or
 * null for none.
 */
export function meddle(page, { toEdge = (frame) => frame, toPage = (frame) => frame }) {
  const through = (change, send) => (text) => {
    const frame = change(JSON.parse(text));
    if (frame !== null) send(JSON.stringify(frame));
  };
  return page.routeWebSocket('**/v1/stream', (socket) => {
    const server = socket.connectToServer();
    socket.onMessage(through(toEdge, (text) => server.send(text)));
    server.onMessage(through(toPage, (text) => socket.send(text)));
  });
}
