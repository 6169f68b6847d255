import { basename } from 'node:path';
import type { Config, SourceConfig } from '../../config/schema.ts';
import { nativePart } from '../../launch/native.ts';
import { type Carrier, defaultTrust, detectCarrier } from '../../record/carrier.ts';
import { atLeast, type Trust } from '../../record/trust.ts';
import { thisBoot } from '../../source/boot-id.ts';
import type { FileTrust } from '../../source/file-trust.ts';
import { heldSource } from '../../source/held-source.ts';
import { journalSource } from '../../source/journal.ts';
import { kmsgSource } from '../../source/kmsg.ts';
import { netlinkSource } from '../../source/netlink.ts';
import type { Source, SourceSet } from '../../source/source.ts';
import { stdinSource } from '../../source/stdin.ts';
import { tailSet } from '../../source/tail/tail-set.ts';
import { spanMs } from '../span.ts';
import type { IngestSpec } from './ingest.ts';

export interface SpecWorld {
  readonly stdin: NodeJS.ReadableStream;
  /** Who reads: a file of this user or of root is as safe as its mode. */
  readonly uid: number;
  readonly nowMs: () => number;
  readonly warn: (source: string, text: string) => void;
}

/** The sources that a configuration asks for, not yet opened. */
export function ingestSpecs({ source }: Config, world: SpecWorld): IngestSpec[] {
  return source.map((one) => ({ key: JSON.stringify(one), source: open(one, world), kindOf: kindOf(one, world) }));
}

function open(config: SourceConfig, { stdin, uid, nowMs, warn }: SpecWorld): Source | SourceSet {
  switch (config.kind) {
    case 'netlink':
    case 'kmsg': {
      const { kind: via, socket } = config;
      if (socket !== undefined) return heldSource({ via, socket, uid, warn: (text) => warn(via, text) });
      return (via === 'kmsg' ? kmsgSource : netlinkSource)(nativePart('audit-listen'));
    }
    case 'journal':
      return journalSource({ directory: config.directory });
    case 'stdin':
      return stdinSource(stdin);
    case 'file': {
      const sinceMs = config.since === undefined ? undefined : nowMs() - spanMs(config.since);
      return tailSet(config.path, { sinceMs, uid, warn: (text) => warn(config.path, text) });
    }
  }
}

const CARRIERS = { netlink: 'netlink', kmsg: 'kmsg', journal: 'journal-json' } as const;

function kindOf(config: SourceConfig, { warn }: SpecWorld): IngestSpec['kindOf'] {
  const { trust } = config;
  if (config.kind !== 'file' && config.kind !== 'stdin') {
    const carrier = CARRIERS[config.kind];
    // journald tells the boot of each entry itself.
    const bootId = config.kind === 'journal' ? undefined : thisBoot();
    const most = defaultTrust(carrier);
    return () =>
      ({ worth }) => ({ carrier, trust: trust ?? least(worth?.atMost ?? most, most), bootId });
  }
  return ({ name }) => {
    let carrier = config.carrier;
    let told: string | undefined;
    return ({ chunk, worth = PIPE }) => {
      carrier ??= detectCarrier(chunk);
      const read = carrier ?? guess(name);
      const most = trust ?? defaultTrust(read);
      if (trust === undefined && most !== 'forgeable' && worth.doubt !== told) {
        told = worth.doubt;
        if (told !== undefined) warn(name, `${told}: its records count as forgeable`);
      }
      return { carrier: read, trust: trust ?? least(worth.atMost, most) };
    };
  };
}

/** Whoever writes to a pipe is not known. */
const PIPE: FileTrust = { atMost: 'forgeable', doubt: undefined };

/** By its name, until its lines tell. */
function guess(path: string): Carrier {
  return basename(path).startsWith('audit') ? 'audit-log' : 'syslog';
}

function least(one: Trust, other: Trust): Trust {
  return atLeast(one, other) ? other : one;
}
