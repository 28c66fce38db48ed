// Watches or changes the frames that the page sends and receives over its socket.

/** Returns the ids with which the page posts transfers, over any transport, as they come. The page must not be open yet. */
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

/** Changes frames between page and edge. `toEdge` and `toPage` get each frame and return it, another one, or null for none. */
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
