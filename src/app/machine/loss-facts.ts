import { readdirSync, readFileSync } from 'node:fs';
import { type Attempt, type AuditStatus, tryAuditStatus } from './attempts.ts';

/** What bears on records being lost before anybody reads them. */
export interface LossFacts {
  readonly bootOptions: readonly string[];
  /** Actions of kernel.seccomp.actions_logged; undefined where the kernel does not tell. */
  readonly logged: readonly string[] | undefined;
  /** Values below /proc/sys/kernel; undefined where there is no such switch. */
  readonly sysctl: {
    readonly printkRatelimit: string | undefined;
    readonly printkBurst: string | undefined;
    readonly dmesgRestrict: string | undefined;
  };
  readonly audit: Attempt & { readonly status?: AuditStatus };
  /** Whether a logged call arrived; undefined where nobody tried. */
  readonly records?: Attempt;
  /** The rules that are loaded at boot turn SYSCALL records off for all; undefined where they cannot be read. */
  readonly neverTask: boolean | undefined;
  /** Settings by their names; undefined where the file is not there or may not be read. */
  readonly auditd: ReadonlyMap<string, string> | undefined;
  readonly journald: ReadonlyMap<string, string> | undefined;
  /** The text of its configuration. */
  readonly rsyslog: string | undefined;
}

/** Reads what this user may. Leaves no record. */
export function readLossFacts(): LossFacts {
  return {
    bootOptions: words('/proc/cmdline') ?? [],
    logged: words('/proc/sys/kernel/seccomp/actions_logged'),
    sysctl: {
      printkRatelimit: readText('/proc/sys/kernel/printk_ratelimit'),
      printkBurst: readText('/proc/sys/kernel/printk_ratelimit_burst'),
      dmesgRestrict: readText('/proc/sys/kernel/dmesg_restrict'),
    },
    audit: tryAuditStatus(),
    neverTask: neverTask(readText('/etc/audit/audit.rules')),
    auditd: settings(readText('/etc/audit/auditd.conf')),
    journald: settings(joined('/etc/systemd/journald.conf', '/etc/systemd/journald.conf.d')),
    rsyslog: joined('/etc/rsyslog.conf', '/etc/rsyslog.d'),
  };
}

export function words(file: string): string[] | undefined {
  return readText(file)?.split(/\s+/).filter(Boolean);
}

export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function neverTask(rules: string | undefined): boolean | undefined {
  return rules === undefined ? undefined : /^\s*-[aA]\s+(?:never,task|task,never)\s*$/m.test(rules);
}

/** A file and its drop-ins, the later ones last. */
function joined(file: string, directory: string): string | undefined {
  const text = readText(file);
  return text === undefined ? undefined : [text, ...dropIns(directory)].join('\n');
}

function dropIns(directory: string): string[] {
  try {
    const names = readdirSync(directory).filter((name) => name.endsWith('.conf'));
    return names.sort().flatMap((name) => readText(`${directory}/${name}`) ?? []);
  } catch {
    return [];
  }
}

/** `name = value` lines; the last of a name counts. */
export function settings(text: string | undefined): ReadonlyMap<string, string> | undefined {
  if (text === undefined) return undefined;
  const lines = text.split('\n').map((line) => /^\s*([A-Za-z]\w*)\s*=\s*(.*?)\s*$/.exec(line));
  return new Map(lines.flatMap((found) => (found ? [[found[1] ?? '', found[2] ?? ''] as const] : [])));
}
