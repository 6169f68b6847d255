import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { heldSource } from '../../src/source/held-source.ts';
import type { Via } from '../../src/source/listener.ts';
import { socketTrust } from '../../src/source/socket-trust.ts';
import type { SourceBatch } from '../../src/source/source.ts';
import { until } from '../app/ingest/world.ts';
import { temporary } from '../store/helpers.ts';

const UID = process.getuid?.() ?? 0;
const BOOT = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
const LIFE = '0123456789abcdef';

/** Stands for `audit-listen --serve`: answers each connection's first words with `says`; the real one is in the live tests. */
interface Stand {
  readonly path: string;
  readonly heard: string[];
  readonly hangUp: () => void;
}

async function stand(folder: string, ...says: readonly string[]): Promise<Stand> {
  const heard: string[] = [];
  const sockets: Socket[] = [];
  const answers = [...says];
  const server: Server = createServer((socket) => {
    sockets.push(socket);
    socket.once('data', () => socket.write(answers.shift() ?? ''));
    socket.on('data', (words) => heard.push(words.toString()));
  });
  const path = join(folder, 'socket');
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  onTestFinished(() => {
    hangUp();
    server.close();
  });
  return { path, heard, hangUp };
}

interface Read {
  readonly source: ReturnType<typeof heldSource>;
  readonly batches: SourceBatch[];
  readonly warned: string[];
  readonly stop: AbortController;
  readonly end: Promise<string | undefined>;
  begun: boolean;
}

function read(socket: string, via: Via = 'netlink', from?: string): Read {
  const warned: string[] = [];
  const stop = new AbortController();
  onTestFinished(() => stop.abort());
  const source = heldSource({ via, socket, uid: UID, warn: (text) => warned.push(text) });
  const batches: SourceBatch[] = [];
  const all = async () => {
    const begun = () => void (reading.begun = true);
    for await (const batch of source.batches(from, stop.signal, begun)) batches.push(batch);
  };
  const end = new Promise<string | undefined>((resolve) => {
    setImmediate(() =>
      all().then(
        () => resolve(undefined),
        (error: unknown) => resolve(String(error)),
      ),
    );
  });
  const reading: Read = { source, batches, warned, stop, end, begun: false };
  return reading;
}

const placeOf = (batch: SourceBatch | undefined) =>
  JSON.parse(batch?.cursor ?? '{}') as { instance: string; line: number };

test('lines are numbered, and what is stored is acknowledged', async () => {
  const at = await stand(temporary(), `#ready netlink instance=${LIFE} from=41\none\ntwo\nthr`);
  const reading = read(at.path);
  await until(() => reading.batches.length === 1);
  expect(reading.begun).toBe(true);
  expect(reading.batches[0]).toMatchObject({ restart: true, worth: { atMost: 'kernel' } });
  expect(reading.batches[0]?.chunk.toString()).toBe('one\ntwo\n');
  expect(placeOf(reading.batches[0])).toMatchObject({ instance: LIFE, line: 42 });
  reading.source.stored?.(reading.batches[0]?.cursor ?? '');
  reading.source.stored?.(JSON.stringify({ instance: 'fedcba9876543210', line: 7 }));
  reading.source.stored?.('{}');
  await until(() => at.heard.join('').includes('ack'));
  expect(at.heard.join('')).toBe('netlink\nack 42\n');
  reading.stop.abort();
  expect(await reading.end).toBeUndefined();
});

test.for([
  { what: 'no cursor', from: undefined, asks: 'netlink\n' },
  {
    what: 'its cursor',
    from: JSON.stringify({ instance: LIFE, line: 9, inner: '{}' }),
    asks: `netlink after=${LIFE}:9\n`,
  },
  { what: 'the cursor of a reader without a listener between', from: '{}', asks: 'netlink\n' },
  { what: 'a foreign text', from: 'x', asks: 'netlink\n' },
  { what: 'a line that is none', from: JSON.stringify({ instance: LIFE, line: 1e300 }), asks: 'netlink\n' },
  { what: 'an instance that is none', from: JSON.stringify({ instance: '0\nack 1', line: 1 }), asks: 'netlink\n' },
])('with $what it asks $asks', async ({ from, asks }) => {
  const at = await stand(temporary(), `#ready netlink instance=${LIFE} from=1\n`);
  const reading = read(at.path, 'netlink', from);
  await until(() => reading.begun);
  expect(at.heard.join('')).toBe(asks);
});

test('of /dev/kmsg another life of the listener is gone on with by the message, and what is missing is told', async () => {
  const lines = [5, 6, 9].map((sequence) => `5,${sequence},100,-;audit: ${sequence}\n`);
  const at = await stand(temporary(), `#ready kmsg instance=${LIFE} from=1\n${lines.join('')}`);
  const inner = JSON.stringify({ boot: BOOT, sequence: 6 });
  const reading = read(at.path, 'kmsg', JSON.stringify({ instance: 'fedcba9876543210', line: 70, inner }));
  await until(() => reading.batches.length === 1);
  const [batch] = reading.batches;
  expect(batch?.chunk.toString()).toBe(lines[2]);
  expect(placeOf(batch)).toEqual({ instance: LIFE, line: 3, inner: JSON.stringify({ boot: BOOT, sequence: 9 }) });
  expect(batch?.losses).toMatchObject([{ reason: 'kmsg-gap', count: 2 }]);
});

test.for([
  {
    what: 'another reader has it',
    says: '#refused netlink: it has another reader\n',
    why: /socket: it has another reader$/,
  },
  {
    what: 'it is no listener',
    says: '220 mail\u001b[31m\n',
    why: /socket: want a listener's #ready, got "220 mail\\x1b\[31m"$/,
  },
  { what: 'the listener ends', says: `#ready netlink instance=${LIFE} from=1\n`, why: /socket: the listener ended$/ },
])('$what: an error that says so', async ({ says, why }) => {
  const at = await stand(temporary(), says);
  const reading = read(at.path);
  await until(() => at.heard.length === 1);
  if (says.startsWith('#ready')) await until(() => reading.begun).then(at.hangUp);
  expect(await reading.end).toMatch(why);
});

test('a listener that hangs up before it is ready, or is not there, is told', async () => {
  const folder = temporary();
  const at = await stand(folder, '');
  const reading = read(at.path);
  await until(() => at.heard.length === 1);
  at.hangUp();
  expect(await reading.end).toMatch(/socket: (the listener closed the connection|read ECONNRESET)$/);
  expect(await read(join(folder, 'none')).end).toMatch(
    /none: there is no such socket: systemctl start profiler-listen/,
  );
});

test('an end that is asked for is none, also while nobody answers', async () => {
  const at = await stand(temporary(), '');
  const reading = read(at.path);
  await until(() => at.heard.length === 1);
  reading.stop.abort();
  await reading.end;
  expect(reading.begun).toBe(false);
});

test('what others could have put there is forgeable, and that is told', async () => {
  const folder = temporary();
  const at = await stand(folder, ...[1, 2].map(() => `#ready netlink instance=${LIFE} from=1\none\n`));
  chmodSync(folder, 0o777);
  const open = read(at.path);
  await until(() => open.batches.length === 1);
  expect(open.batches[0]?.worth?.atMost).toBe('forgeable');
  expect(open.warned).toEqual([
    expect.stringMatching(/its records are forgeable: \S+: others may write it \(mode 777\)$/),
  ]);
});

test('a socket is worth what its directory and those above it are', () => {
  const folder = temporary();
  const [inner, path] = [join(folder, 'inner'), join(folder, 'inner/socket')];
  mkdirSync(inner, { mode: 0o755 });
  expect(socketTrust(path, UID)).toEqual({ atMost: 'kernel', doubt: undefined });
  expect(socketTrust(path, UID + 1).atMost).toBe(UID === 0 ? 'kernel' : 'forgeable');
  chmodSync(folder, 0o775);
  expect(socketTrust(path, UID)).toMatchObject({
    atMost: 'forgeable',
    doubt: expect.stringContaining(folder) as unknown,
  });
  // As in /tmp: the names of others stay theirs.
  chmodSync(folder, 0o1777);
  expect(socketTrust(path, UID).atMost).toBe('kernel');
  chmodSync(inner, 0o1777);
  expect(socketTrust(path, UID).atMost).toBe('forgeable');
  expect(socketTrust(join(folder, 'none/socket'), UID).atMost).toBe('forgeable');
});
