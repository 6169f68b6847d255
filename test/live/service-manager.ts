import { spawn } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { until } from './daemon.ts';

/** A datagram socket, which Node cannot open: prints each message as JSON. */
const SCRIPT = `
import json, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.bind(sys.argv[1].replace('@', '\\0')); print(json.dumps('bound'), flush=True)
while True: print(json.dumps(s.recv(4096).decode()), flush=True)
`;

/** What stands for systemd's end of NOTIFY_SOCKET: a path, which every user may write to, or a name after `@`. */
export interface Manager {
  /** Every message so far. */
  readonly told: readonly string[];
  readonly stop: () => void;
}

export async function startManager(socket: string): Promise<Manager> {
  const child = spawn('python3', ['-c', SCRIPT, socket], { stdio: ['ignore', 'pipe', 'inherit'] });
  const told: string[] = [];
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    told.push(...parts.map((part) => JSON.parse(part) as string));
  });
  await until(() => told.includes('bound'));
  if (socket.startsWith('/')) chmodSync(socket, 0o777);
  return { told, stop: () => void child.kill() };
}
