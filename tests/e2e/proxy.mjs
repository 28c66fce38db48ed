// An HTTP proxy such as offices and hotels have. It may refuse upgrades, and may hold back an answer until it is
// complete.

import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';

export class Proxy {
  /** If false, an upgrade is answered like any request that the proxy does not understand. */
  letsSocketsThrough = true;
  /** If true, each answer is collected until its end. */
  holdsAnswers = false;
  #server;
  #target;
  #sockets = new Set();

  static async open(target) {
    const proxy = new Proxy();
    proxy.#target = new URL(target);
    proxy.#server = createServer((incoming, response) => proxy.#forward(incoming, response));
    proxy.#server.on('upgrade', (incoming, socket, head) => proxy.#upgrade(incoming, socket, head));
    proxy.#server.on('connection', (socket) => {
      proxy.#sockets.add(socket);
      socket.on('close', () => proxy.#sockets.delete(socket));
    });
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  #forward(incoming, response) {
    const { method, url, headers } = incoming;
    const { hostname, port } = this.#target;
    const upstream = request({ hostname, port, method, path: url, headers, agent: false }, (answer) => {
      const pieces = [];
      answer.on('error', () => response.destroy());
      if (!this.holdsAnswers) {
        response.writeHead(answer.statusCode, answer.headers);
        answer.pipe(response);
        return;
      }
      answer.on('data', (piece) => pieces.push(piece));
      answer.on('end', () => response.writeHead(answer.statusCode, answer.headers).end(Buffer.concat(pieces)));
    });
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    incoming.pipe(upstream);
  }

  #upgrade(incoming, socket, head) {
    socket.on('error', () => socket.destroy());
    if (!this.letsSocketsThrough) {
      socket.end('HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
      return;
    }
    const upstream = connect({ host: this.#target.hostname, port: this.#target.port });
    upstream.on('error', () => socket.destroy()).on('close', () => socket.destroy());
    socket.on('close', () => upstream.destroy());
    const headers = incoming.rawHeaders.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`)).join('');
    upstream.write(`${incoming.method} ${incoming.url} HTTP/1.1\r\n${headers}\r\n`);
    upstream.write(head);
    socket.pipe(upstream).pipe(socket);
  }

  /** Cuts all connections. New ones pass. */
  cut() {
    for (const socket of this.#sockets) socket.destroy();
  }

  async close() {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
