// Calls the edge over HTTP.

/** Returns `{ status, headers, body }`, whatever the status. */
export async function post(edge, path, body, { token, headers = {} } = {}) {
  const response = await fetch(new URL(path, edge.url), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...authorization(token), ...headers },
    body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });
  return answerOf(response);
}

export async function get(edge, path, { token, headers = {}, signal } = {}) {
  return answerOf(await fetch(new URL(path, edge.url), { headers: { ...authorization(token), ...headers }, signal }));
}

const authorization = (token) => (token === undefined ? {} : { authorization: `Bearer ${token}` });

async function answerOf(response) {
  const text = await response.text();
  const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json');
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}
