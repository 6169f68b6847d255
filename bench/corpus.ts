import { closeSync, openSync, writeSync } from 'node:fs';
import { Random } from './random.ts';
import { Records, SEED, type Truth } from './records.ts';

const PIECE = 4 * 1024 * 1024;
const OTHERS = ['CRED_ACQ', 'USER_START', 'SERVICE_START', 'BPF', 'PROCTITLE'];

export interface Corpus {
  readonly path: string;
  readonly bytes: number;
  readonly records: number;
  readonly truth: Truth;
}

/** auditd's file: records of seccomp, and now and then one of another type. */
export function denseLog(path: string, records: number): Corpus {
  const source = new Records();
  const lines = function* auditLines(): Generator<string> {
    while (source.made < records) {
      yield `type=SECCOMP msg=${source.next()}\n`;
      if (source.made % 400 === 0) yield other(source, OTHERS[(source.made / 400) % OTHERS.length] as string);
    }
  };
  return { path, bytes: write(path, lines()), records, truth: source.truth };
}

/** /var/log/syslog: one line of twenty is a record of ours, one is a packet that a firewall logged, the rest is others'. */
export function sparseLog(path: string, bytes: number): Corpus {
  const source = new Records();
  const random = new Random(SEED);
  const lines = function* syslogLines(): Generator<string> {
    for (let made = 0; made < bytes; ) {
      const line = syslogLine(source, random);
      made += line.length;
      yield line;
    }
  };
  return { path, bytes: write(path, lines()), records: source.made, truth: source.truth };
}

function other(source: Records, type: string): string {
  return `type=${type} msg=${source.stamp()}pid=1 uid=0 auid=4294967295 ses=4294967295 msg='op=start acct="root" exe="/usr/lib/systemd/systemd" res=success'\n`;
}

function syslogLine(source: Records, random: Random): string {
  const kind = random.below(20);
  const head = `2026-11-22T01:33:${String(10 + random.below(50))}.${String(100_000 + random.below(900_000))}+00:00 web1 `;
  const printk = `kernel: [ ${1000 + random.below(9000)}.${String(100_000 + random.below(900_000))}] `;
  if (kind === 0) return `${head}${printk}audit: type=1326 ${source.next()}\n`;
  if (kind === 1)
    return `${head}${printk}[UFW BLOCK] IN=eth0 OUT= MAC=52:54:00:12:34:56:52:54:00:65:43:21:08:00 SRC=10.0.0.${random.below(256)} DST=10.0.2.15 LEN=60 TOS=0x00 PREC=0x00 TTL=64 ID=${random.below(65_536)} DF PROTO=TCP SPT=${random.below(65_536)} DPT=22 WINDOW=64240 RES=0x00 SYN URGP=0 \n`;
  return `${head}${random.of(TALK)(random.below(100_000))}\n`;
}

const TALK: readonly ((number: number) => string)[] = [
  (n) =>
    `sshd[${n}]: Accepted publickey for deploy from 10.1.${n % 256}.7 port ${1024 + (n % 60_000)} ssh2: ED25519 SHA256:mZ0q5n7vXKJg4yVQn0c1Zp8y1u0oTt3Hq8s2rL9aBcE`,
  (n) => `sshd[${n}]: pam_unix(sshd:session): session opened for user deploy(uid=1000) by (uid=0)`,
  (n) => `systemd[1]: session-${n}.scope: Deactivated successfully.`,
  (n) => `CRON[${n}]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)`,
  (n) =>
    `nginx: 10.2.3.${n % 256} - - [22/Nov/2026:01:33:36 +0000] "GET /api/v1/items/${n}?fields=name,price HTTP/1.1" 200 ${n} "-" "curl/7.88.1"`,
  (n) =>
    `postgres[${n}]: [${n % 99}-1] LOG:  duration: ${n % 1000}.421 ms  statement: SELECT id, name, price FROM items WHERE id = ${n}`,
  (n) =>
    `kubelet[812]: I1122 01:33:36.452691     812 kubelet.go:2456] "SyncLoop (PLEG): event for pod" pod="prod/web-${n}" event={Type:ContainerStarted Data:4f0d8a1c${n}}`,
  (n) => `kernel: [ ${n}.938127] eth0: renamed from veth${n}`,
];

function write(path: string, lines: Iterable<string>): number {
  const fd = openSync(path, 'w');
  let text = '';
  let bytes = 0;
  const flush = (): void => {
    bytes += writeSync(fd, text, null, 'latin1');
    text = '';
  };
  try {
    for (const line of lines) {
      text += line;
      if (text.length >= PIECE) flush();
    }
    flush();
  } finally {
    closeSync(fd);
  }
  return bytes;
}
