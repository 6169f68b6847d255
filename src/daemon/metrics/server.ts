import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { claimSocket } from './socket.ts';

export type Endpoint =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'listen'; readonly host: string; readonly port: number };

export interface Page {
  readonly contentType: string;
  readonly text: () => Promise<string>;
}

export interface MetricsServer {
  /** Ends what is under way. */
  close(): Promise<void>;
}

/** A scrape is short: who asks for more, or takes longer, is cut off. */
const LIMITS = { maxHeaderSize: 8192, headersTimeout: 5000, requestTimeout: 5000, connectionsCheckingInterval: 1000 };
const CONNECTIONS_MAX = 16;
const ANSWER_MS = 10_000;

/** Serves GET /metrics, and nothing else. Rejects where it cannot listen. */
export async function startServer(endpoint: Endpoint, page: Page): Promise<MetricsServer> {
  const isMeant = endpoint.kind === 'socket' ? () => true : isLocal;
  const server = createServer(LIMITS, (request, response) => void answer(request, response, page, isMeant));
  server.maxConnections = CONNECTIONS_MAX;
  server.setTimeout(ANSWER_MS, (socket) => socket.destroy());
  const release =
    endpoint.kind === 'socket' ? await claimSocket(server, endpoint.path) : await listenAt(server, endpoint);
  return {
    close: () => {
      release();
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      return closed;
    },
  };
}

async function listenAt(server: Server, { host, port }: { readonly host: string; readonly port: number }) {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return () => undefined;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  page: Page,
  isMeant: (request: IncomingMessage) => boolean,
): Promise<void> {
  // What stands in a body nobody reads.
  response.setHeader('Connection', 'close');
  if (!isMeant(request)) return refuse(response, 403, 'want a Host of this machine');
  if (request.url?.split('?', 1)[0] !== '/metrics') return refuse(response, 404, 'want /metrics');
  if (request.method !== 'GET') return refuse(response.setHeader('Allow', 'GET'), 405, 'want GET');
  try {
    const text = await page.text();
    response.writeHead(200, { 'Content-Type': page.contentType, 'Cache-Control': 'no-store' }).end(text);
  } catch {
    refuse(response, 500, 'the figures cannot be had');
  }
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${why}\n`);
}

/** A page of the web can make a browser ask 127.0.0.1 under a name of its own (DNS rebinding): only this machine's names do. */
function isLocal({ headers: { host } }: IncomingMessage): boolean {
  const name = (host ?? '').replace(/:\d{1,5}$/, '').toLowerCase();
  return name === 'localhost' || name === '[::1]' || (isIP(name) === 4 && name.startsWith('127.'));
}
