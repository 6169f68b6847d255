import { z } from 'zod';
import { isPrintable } from '../record/name.ts';

/** src/record/name.ts: nothing later needs to remember that a name is hostile. */
const name = z.string().max(65_536).refine(isPrintable, { error: 'want printable text' });
const word = z.string().regex(/^[ -~]{0,256}$/, { error: 'want words' });
const letters = z.string().regex(/^[rwacdlkmx]{0,9}$/, { error: 'want letters of rwacdlkmx' });
const masks = { requested: word, denied: word };
const owner = z.enum(['owner', 'other']);
const disconnected = z.literal(true).optional();
const endpoint = z.strictObject({ addr: name.optional(), port: z.int().min(0).optional() }).optional();

/**
 * An access as another database tells it (src/record/access.ts). Keys come out in this order, which is the record reader's, so
 * that the same access is the same text.
 */
export const EXCHANGE_ACCESS = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('file'),
    path: name,
    owner,
    target: name.optional(),
    disconnected,
    requested: letters,
    denied: letters,
  }),
  z.strictObject({ kind: z.literal('exec'), path: name, owner, target: name.optional(), disconnected }),
  z.strictObject({ kind: z.literal('capability'), name: z.string().regex(/^[a-z_]{1,32}$/) }),
  z.strictObject({
    kind: z.literal('network'),
    family: word,
    type: word,
    protocol: z.int().min(0).optional(),
    local: endpoint,
    remote: endpoint,
    ...masks,
  }),
  z.strictObject({
    kind: z.literal('unix'),
    type: word,
    addr: name.optional(),
    peerAddr: name.optional(),
    peer: name.optional(),
    ...masks,
  }),
  z.strictObject({ kind: z.literal('signal'), signal: word, peer: name, ...masks }),
  z.strictObject({ kind: z.literal('ptrace'), peer: name, ...masks }),
  z.strictObject({
    kind: z.literal('mount'),
    target: name,
    source: name.optional(),
    fstype: name.optional(),
    flags: z.array(word).max(64),
  }),
  z.strictObject({ kind: z.literal('umount'), target: name }),
  z.strictObject({ kind: z.literal('pivot_root'), newRoot: name, oldRoot: name.optional() }),
  z.strictObject({
    kind: z.literal('dbus'),
    mask: word,
    bus: word,
    path: name.optional(),
    interface: name.optional(),
    member: name.optional(),
    name: name.optional(),
    peer: name.optional(),
  }),
  z.strictObject({ kind: z.enum(['userns', 'io_uring']), label: name.optional(), ...masks }),
  z.strictObject({ kind: z.literal('mqueue'), type: z.enum(['posix', 'sysv']), name, ...masks }),
  z.strictObject({ kind: z.enum(['change_profile', 'change_hat', 'stack']), target: name }),
  z.strictObject({
    kind: z.literal('rlimit'),
    name: z.string().regex(/^[a-z]{1,16}$/),
    value: z.string().regex(/^\d{1,20}$/),
  }),
  z.strictObject({ kind: z.literal('unknown'), operation: word }),
]);
