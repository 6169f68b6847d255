import { chownSync, existsSync, linkSync, lstatSync, renameSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type Endpoint, startServer } from '../../../src/daemon/metrics/server.ts';
import { temporary } from '../../store/helpers.ts';
import { type Answer, ask, freePort, type To } from './ask.ts';

const PAGE = { contentType: 'text/plain; version=0.0.4', text: () => Promise.resolve('up 1\n') };

async function served(endpoint: Endpoint, page = PAGE) {
  const server = await startServer(endpoint, page);
  onTestFinished(() => server.close());
  return server;
}

/** A raw conversation: what comes back until the other side ends it. */
function talk(to: To, words: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = 'socketPath' in to ? connect(to.socketPath) : connect(to.port, to.host);
    let said = '';
    socket.setEncoding('latin1').on('data', (text: string) => (said += text));
    socket.on('error', (error) => (said === '' ? reject(error) : resolve(said)));
    socket.on('close', () => resolve(said));
    socket.write(words);
  });
}

test.for(['socket', '127.0.0.1', '::1'])('GET /metrics and nothing else (%s)', async (kind) => {
  const path = join(temporary(), 'metrics.sock');
  const port = await freePort(kind === 'socket' ? '127.0.0.1' : kind);
  const to: To = kind === 'socket' ? { socketPath: path } : { host: kind, port };
  await served(kind === 'socket' ? { kind: 'socket', path } : { kind: 'listen', host: kind, port });
  expect(await ask(to)).toMatchObject({
    status: 200,
    body: 'up 1\n',
    headers: { 'content-type': PAGE.contentType, connection: 'close' },
  });
  const refused = async (status: number, request: Parameters<typeof ask>[1]) =>
    expect<Answer>(await ask(to, request)).toMatchObject({ status });
  await refused(404, { path: '/' });
  await refused(404, { path: '/metrics/' });
  await refused(404, { path: '/../metrics' });
  await refused(404, { path: '/', method: 'POST' });
  for (const method of ['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']) await refused(405, { method });
  expect((await ask(to, { method: 'POST' })).headers['allow']).toBe('GET');
  expect((await ask(to, { path: '/metrics?x=1' })).status).toBe(200);
  const evil = { headers: { host: 'evil.example:9464' } };
  expect((await ask(to, evil)).status).toBe(kind === 'socket' ? 200 : 403);
});

test.for([
  ['127.0.0.1:9464', 200],
  ['localhost:9464', 200],
  ['LOCALHOST', 200],
  ['[::1]:9464', 200],
  ['127.0.0.1.evil.example', 403],
  ['localhost.evil.example:9464', 403],
  ['10.0.0.1:9464', 403],
] as const)('Host %s over the loopback: %i', async ([host, status]) => {
  const port = await freePort();
  await served({ kind: 'listen', host: '127.0.0.1', port });
  expect((await ask({ host: '127.0.0.1', port }, { headers: { host } })).status).toBe(status);
});

test('what is too long, or no HTTP, is cut off; figures that cannot be had are an error of ours', async () => {
  const path = join(temporary(), 'metrics.sock');
  await served({ kind: 'socket', path });
  const to = { socketPath: path };
  expect(await talk(to, `GET /metrics HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(
    /^HTTP\/1\.1 431 /,
  );
  expect(await talk(to, 'hello\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  // A body is nobody's business: the answer comes, and the connection ends.
  expect(await talk(to, 'POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\n\r\nabc')).toMatch(
    /^HTTP\/1\.1 405 /,
  );
  const port = await freePort();
  await served({ kind: 'listen', host: '127.0.0.1', port });
  expect(await talk({ host: '127.0.0.1', port }, 'GET /metrics HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /);
  const broken = join(temporary(), 'broken.sock');
  await served({ kind: 'socket', path: broken }, { ...PAGE, text: () => Promise.reject(new Error('no')) });
  expect(await ask({ socketPath: broken })).toMatchObject({ status: 500 });
});

test('the socket is for owner and group, and goes with the server', async () => {
  const path = join(temporary(), 'metrics.sock');
  const server = await startServer({ kind: 'socket', path }, PAGE);
  expect(statSync(path).mode & 0o7777).toBe(0o660);
  expect(existsSync(`${path}.new`)).toBe(false);
  const idle = connect(path);
  await new Promise((resolve) => idle.once('connect', resolve));
  const gone = new Promise((resolve) => idle.once('close', resolve));
  idle.on('error', () => undefined);
  await server.close();
  await gone;
  expect(existsSync(path)).toBe(false);
});

test('a socket that a killed daemon left is replaced; what is somebody’s stays', async () => {
  const folder = temporary();
  const path = join(folder, 'metrics.sock');
  const start = () => startServer({ kind: 'socket', path }, PAGE);
  // Left behind: the file of a server that did not remove it.
  const killed = await start();
  const stale = join(folder, 'stale.sock');
  linkSync(path, stale);
  await killed.close();
  const again = await startServer({ kind: 'socket', path: stale }, PAGE);
  expect((await ask({ socketPath: stale })).status).toBe(200);
  // It is alive.
  await expect(startServer({ kind: 'socket', path: stale }, PAGE)).rejects.toThrow(/another process listens there/);
  expect((await ask({ socketPath: stale })).status).toBe(200);
  await again.close();

  writeFileSync(path, 'mine');
  await expect(start()).rejects.toThrow(/is no socket/);
  expect(lstatSync(path).size).toBe(4);
  const linked = join(folder, 'link.sock');
  symlinkSync('/nowhere', linked);
  await expect(startServer({ kind: 'socket', path: linked }, PAGE)).rejects.toThrow(/is no socket/);

  const others = join(folder, 'others.sock');
  const other = createServer();
  await new Promise<void>((resolve) => void other.listen(others, resolve));
  onTestFinished(() => void other.close());
  chownSync(others, 65_534, 65_534);
  await expect(startServer({ kind: 'socket', path: others }, PAGE)).rejects.toThrow(
    /belongs to another user \(uid 65534\)/,
  );
  await expect(startServer({ kind: 'socket', path: join(folder, 'none', 'm.sock') }, PAGE)).rejects.toThrow(
    /none: there is no such directory/,
  );
});

test('where another took the name meanwhile, its file stays', async () => {
  const folder = temporary();
  const path = join(folder, 'metrics.sock');
  const server = await startServer({ kind: 'socket', path }, PAGE);
  writeFileSync(join(folder, 'new'), 'another');
  renameSync(join(folder, 'new'), path);
  await server.close();
  expect(existsSync(path)).toBe(true);
});
