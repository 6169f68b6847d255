import { messageOf, RefusedError } from '../../errors.ts';
import { nativePart } from '../../launch/native.ts';
import { RecordReader } from '../../record/reader.ts';
import type { LogRecord } from '../../record/record.ts';
import { thisBoot } from '../../source/boot-id.ts';
import { type Listener, startListener, type Via } from '../../source/listener.ts';
import type { Changes } from './changes.ts';

/** The kernel's records as they come, given to whoever observes just now. */
export interface Feed {
  readonly via: Via;
  /** Why the audit multicast group could not be joined, where `via` is its stand-in. */
  readonly insteadOf: string | undefined;
  /** Where records go; what comes while nobody observes is let go. */
  to: ((record: LogRecord) => void) | undefined;
  /** Records since it began, anyone's. */
  readonly count: () => number;
  /** Why no more records will come; undefined while they do. */
  readonly broken: () => string | undefined;
  readonly close: () => Promise<void>;
}

/**
 * Listens to the audit multicast group, or where that may not be joined to the kernel's log (`via` forces one). Every
 * chunk that was read notifies `changes`. Refused (125) where neither can be read.
 */
export async function openFeed(via: Via | undefined, changes: Changes): Promise<Feed> {
  const program = nativePart('audit-listen');
  const first = await startListener(program, via ?? 'netlink');
  if (first.kind === 'listening') return feedOf(first, undefined, changes);
  if (via !== undefined) throw new RefusedError(first.why, { exitCode: 125 });
  const second = await startListener(program, 'kmsg');
  if (second.kind === 'listening') return feedOf(second, first.why, changes);
  throw new RefusedError(`${first.why}; ${second.why}`, { exitCode: 125 });
}

function feedOf(listener: Listener, insteadOf: string | undefined, changes: Changes): Feed {
  let count = 0;
  let broken: string | undefined;
  const reader = new RecordReader(
    { carrier: listener.via, bootId: thisBoot() },
    {
      record: (record) => {
        count++;
        feed.to?.(record);
      },
      // A record that cannot be read leaves its serial missing, and so is counted as lost.
      rejected: () => undefined,
    },
  );
  const feed: Feed = {
    via: listener.via,
    insteadOf,
    to: undefined,
    count: () => count,
    broken: () => broken,
    close: async () => {
      listener.stop();
      await read;
    },
  };
  const read = readAll();
  return feed;

  async function readAll(): Promise<void> {
    broken = await consume(listener, reader, changes);
    changes.notify();
  }
}

/** Reads until the listener ends, and tells why it did. */
async function consume(listener: Listener, reader: RecordReader, changes: Changes): Promise<string> {
  try {
    for await (const chunk of listener.chunks) {
      reader.push(chunk);
      changes.notify();
    }
    return await listener.ended;
  } catch (error) {
    return messageOf(error);
  }
}
