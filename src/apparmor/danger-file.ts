import type { Danger, Rule } from './rule.ts';

type Row = readonly [path: RegExp, score: number, reason: string];

const HOME = '(?:/root|/home/[^/]+|@\\{HOME\\})';
const PROC = '(?:/proc|@\\{PROC\\})';

/** Writing, the first that fits. */
const WRITES: readonly Row[] = [
  [/^\/(?:etc\/apparmor|sys\/kernel\/security\/apparmor|var\/(?:cache|lib)\/apparmor)/, 10, 'writes policy'],
  [/^\/(?:run|var\/run)\/(?:docker|containerd|podman|crio)\b.*sock/, 10, 'asks a service that starts anything as root'],
  [
    /^\/dev\/(?:k?mem|port|sd|hd|vd|xvd|nvme|mmcblk|dm-|mapper\/|md|loop|disk\/)/,
    10,
    'writes to memory or disks past all files',
  ],
  [
    /^\/etc\/(?:passwd|group|g?shadow|sudoers|pam\.|ssh\/|ld\.so|cron|systemd|init|profile|rc|security|udev)/,
    9,
    'writes who is root, or what root runs',
  ],
  [/^\/var\/spool\/(?:cron|at)/, 9, 'writes what root runs'],
  [/^\/(?:bin|sbin|usr|lib\w*|opt|boot)\//, 9, 'writes code that others run'],
  [new RegExp(`^${PROC}/sys/`), 8, 'sets the kernel'],
  [new RegExp(`^${PROC}/[^/]+/(?:task/[^/]+/)?attr/`), 6, 'asks for another profile'],
  [new RegExp(`^${PROC}/[^/]+/(?:mem|[ug]id_map)$`), 9, 'changes processes'],
  [/^\/sys\//, 8, 'sets the kernel and devices'],
  [
    new RegExp(`^${HOME}/\\.(?:ssh|bash|zsh|profile|config/(?:autostart|systemd)|local/bin)`),
    8,
    'writes what the user runs',
  ],
  [/^\/etc\//, 6, 'writes configuration of the machine'],
  [new RegExp(`^${HOME}/`), 5, "writes the user's files"],
  [/^\/(?:run|var\/run)\//, 4, 'speaks to services, or imitates them'],
  [/^\/dev\/(?:null|zero|full|u?random|tty|pts\/|shm\/|console|log)/, 1, 'a device for everybody'],
  [/^\/dev\//, 6, 'writes to a device'],
  [/^\/(?:var\/)?tmp\//, 2, 'writes temporary files'],
  [/^\/var\/log\//, 4, 'writes logs, which others believe'],
  [/^\/var\//, 3, "writes services' data"],
  [/^/, 4, 'writes files'],
];
const READS: readonly Row[] = [
  [/^\/etc\/(?:g?shadow|sudoers|krb5\.keytab|ssl\/private\/|ssh\/ssh_host_.*key$)/, 8, 'reads secrets of the machine'],
  [new RegExp(`^${HOME}/\\.(?:ssh|gnupg|aws|kube|docker|netrc|pgpass)`), 8, "reads the user's secrets"],
  [
    /^\/dev\/(?:k?mem|port|sd|hd|vd|xvd|nvme|mmcblk|dm-|mapper\/|md|loop|disk\/)/,
    9,
    'reads memory or disks past all files',
  ],
  [new RegExp(`^${PROC}/(?:kcore|kallsyms)`), 8, "reads the kernel's memory"],
  [new RegExp(`^${PROC}/(?!self\\b).*/(?:mem|environ|maps|smaps|auxv)$`), 6, 'reads into processes'],
  [new RegExp(`^${HOME}/`), 3, "reads the user's files"],
  [/^\/(?:run|var)\//, 2, "reads services' data"],
  [/^/, 1, 'reads'],
];
/** ecryptfs keeps it there and shows the files elsewhere, where they are mediated again; abstractions/base allows it. */
const CIPHERTEXT = /\/\.Private\//;
const MAY_BE_WRITTEN = new RegExp(`^(?:${HOME}|/tmp|/var/tmp|/dev/shm|/run|/var/run)/`);
const SHELLS =
  /\/(?:ba|da|z|k|c|tc|fi)?sh$|\/(?:busybox|env|python[^/]*|perl[^/]*|ruby[^/]*|node|lua[^/]*|awk|gawk|sudo|su)$/;

/** A rule about a path, by what it allows there at worst. */
export function fileDanger(rule: Rule & { readonly kind: 'file' | 'link' | 'exec' }): Danger {
  if (rule.kind === 'exec') return execDanger(rule);
  if (rule.kind === 'link') return worst([look(WRITES, rule.path), look(WRITES, rule.target)]);
  const { path, mask } = rule;
  if (CIPHERTEXT.test(path)) return { score: 2, reason: "writes an encrypted home's ciphertext" };
  const writes = /[wal]/.test(mask);
  return worst([
    ...(writes ? [look(WRITES, path)] : []),
    ...(mask.includes('r') ? [look(READS, path)] : []),
    ...(mask.includes('m') ? [mapDanger(path, writes)] : []),
    { score: 1, reason: 'locks' },
  ]);
}

/** The first of the worst. */
function worst(all: readonly Danger[]): Danger {
  return all.reduce((one, other) => (other.score > one.score ? other : one));
}

function look(rows: readonly Row[], path: string): Danger {
  const [, score = 0, reason = ''] = rows.find(([pattern]) => pattern.test(path)) ?? [];
  return { score, reason };
}

function mapDanger(path: string, writes: boolean): Danger {
  if (writes) return { score: 9, reason: 'runs what it wrote' };
  return MAY_BE_WRITTEN.test(path)
    ? { score: 6, reason: 'runs code from where others write' }
    : { score: 1, reason: 'runs code' };
}

function execDanger({ path, transition }: Rule & { readonly kind: 'exec' }): Danger {
  if (CIPHERTEXT.test(path) && transition === 'ix') return { score: 2, reason: 'starts nothing: it is ciphertext' };
  if (transition === 'Ux') return { score: 10, reason: 'starts a program that nothing confines' };
  if (MAY_BE_WRITTEN.test(path)) return { score: 8, reason: 'starts what others may have written' };
  if (transition !== 'ix') return { score: 3, reason: 'starts a program under a profile of its own' };
  return SHELLS.test(path)
    ? { score: 5, reason: 'starts an interpreter: whatever it is told, by the same rules' }
    : { score: 3, reason: 'starts a program by the same rules' };
}
