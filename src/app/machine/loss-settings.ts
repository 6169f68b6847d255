import type { Config, SourceConfig } from '../../config/schema.ts';
import type { LossFacts } from './loss-facts.ts';
import { type Finding, fail, NOT_KNOWN, ok, type Verdict, warn } from './verdict.ts';

/** Which ways of records an operator relies on. */
export interface Uses {
  /** /dev/kmsg, dmesg or a syslog file: what printk prints. */
  readonly kernelLog: boolean;
  readonly syslog: boolean;
  readonly journal: boolean;
  /** Files that auditd may write. */
  readonly auditLogs: readonly string[];
}

export function usesOf({ source }: Pick<Config, 'source'>): Uses {
  const files = source.filter((one) => one.kind === 'file');
  const auditLogs = files.filter(isAuditLog);
  const printed = source.some(({ kind }) => kind === 'kmsg');
  const syslog = files.some((file) => !isAuditLog(file) && (file.carrier ?? 'syslog') === 'syslog');
  return {
    kernelLog: printed || syslog || source.some((one) => 'carrier' in one && one.carrier === 'dmesg'),
    syslog,
    journal: source.some(({ kind }) => kind === 'journal'),
    auditLogs: auditLogs.map(({ path }) => path),
  };
}

function isAuditLog({ path, carrier }: Extract<SourceConfig, { readonly kind: 'file' }>): boolean {
  return carrier === 'audit-log' || (carrier === undefined && /\/audit[^/]*$/.test(path));
}

/**
 * Settings of this machine that lose records on the ways that are used, each with the command that mends it. Without `uses`
 * (nobody said what is read) what concerns observing. Pure; doctor and the daemon's start share it.
 */
export function lossSettings(facts: LossFacts, uses: Uses | undefined): Finding[] {
  return SETTINGS.flatMap(([what, check]) => {
    const verdict = check(facts, uses);
    return verdict ? [{ what, ...verdict }] : [];
  });
}

type Check = (facts: LossFacts, uses: Uses | undefined) => Verdict | undefined;

const SETTINGS: readonly (readonly [what: string, check: Check])[] = [
  ['seccomp logging', logging],
  ['audit', audit],
  ['exclude rules', exclude],
  ['audit daemon', backlog],
  ['audit backlog wait', backlogWait],
  ['audit rate limit', rateLimit],
  ['task rules', taskRules],
  ['kernel log', kernelLog],
  ['auditd.conf', auditdConf],
  ['journald.conf', journaldConf],
  ['rsyslog limits', rsyslogLimits],
];

function logging({ logged }: LossFacts): Verdict {
  if (!logged)
    return fail('the kernel does not tell which actions it logs', 'want Linux 4.14 or newer, and /proc mounted');
  if (logged.includes('log')) return ok('kernel.seccomp.actions_logged has log');
  const all = [...logged, 'log'].join(' ');
  return fail(
    'kernel.seccomp.actions_logged has no log: no call is recorded',
    `sysctl -w kernel.seccomp.actions_logged="${all}"`,
  );
}

function audit({ bootOptions, audit: attempt }: LossFacts): Verdict {
  const off = bootOptions.find((option) => /^audit=(0|off)$/.test(option));
  if (off)
    return fail(
      `the kernel was booted with ${off}: no call is recorded`,
      `take ${off} off the kernel's command line and boot again`,
    );
  if (attempt.works) return ok(`the kernel answers (enabled ${attempt.status?.enabled ?? '?'})`);
  return { ...NOT_KNOWN, told: `its state cannot be asked for: ${attempt.why}` };
}

function exclude({ audit: { status } }: LossFacts): Verdict {
  if (!status) return NOT_KNOWN;
  if (status.exclude.length === 0) return ok('none hides system calls');
  return fail(
    `hide system calls: ${status.exclude.join('; ')}`,
    'auditctl -l shows the rule; auditctl -d with it takes it away',
  );
}

/** 64 is the kernel's own default (kernel/audit.c audit_backlog_limit). */
function backlog({ audit: { status } }: LossFacts): Verdict {
  if (!status) return NOT_KNOWN;
  if (status.pid === 0) return ok('none: records go to observe and the kernel log');
  const told = `auditd is process ${status.pid}: it gets every record too, and slows programs that are observed`;
  if (status.backlogLimit === 0 || status.backlogLimit > 64) return ok(told);
  return warn(`${told}; its backlog holds ${status.backlogLimit}`, 'auditctl -b 8192');
}

function backlogWait({ audit: { status } }: LossFacts): Verdict {
  if (!status) return NOT_KNOWN;
  const { backlogWaitTime: time, backlogLimit: limit } = status;
  if (time !== 0 || limit === 0) return ok(`a program waits for room in the backlog (${time} ticks)`);
  return warn(
    `no program waits where the backlog (${limit}) is full: its records are lost`,
    'auditctl --backlog_wait_time 60000',
  );
}

function rateLimit({ audit: { status } }: LossFacts): Verdict {
  if (!status) return NOT_KNOWN;
  if (status.rateLimit === 0) return ok('none');
  return fail(`the kernel drops what is above ${status.rateLimit} records a second`, 'auditctl -r 0');
}

/** It hides no call: SECCOMP records come all the same. */
function taskRules({ neverTask }: LossFacts, uses: Uses | undefined): Verdict | undefined {
  if (!uses || uses.auditLogs.length === 0 || !neverTask) return undefined;
  return warn(
    '-a never,task in /etc/audit/audit.rules: calls are recorded without their arguments',
    'auditctl -d never,task; take it out of /etc/audit/rules.d and start the programs anew',
  );
}

function kernelLog({ sysctl, records }: LossFacts, uses: Uses | undefined): Verdict | undefined {
  if (uses && !uses.kernelLog) return undefined;
  const { printkRatelimit: limit, printkBurst: burst } = sysctl;
  const readers = sysctl.dmesgRestrict === '1' ? '; only root reads it (kernel.dmesg_restrict)' : '';
  if (limit === undefined || limit === '0') return ok(`takes every record${readers}`);
  const told = `takes ${burst ?? 'a few'} records every ${limit} s (kernel.printk_ratelimit): what is above is lost there${readers}`;
  if (!uses && records?.works) return ok(`${told}; observe does not need it`);
  return warn(told, 'sysctl -w kernel.printk_ratelimit=0 while learning');
}

/** With num_logs below 2 it does not rotate, and nothing is gone (auditd.conf(5)). */
function auditdConf({ auditd }: LossFacts, uses: Uses | undefined): Verdict | undefined {
  if (!uses) return undefined;
  const log = auditd?.get('log_file') ?? '/var/log/audit/audit.log';
  if (!auditd || !uses.auditLogs.includes(log)) return undefined;
  const action = auditd.get('max_log_file_action')?.toUpperCase();
  if (action === 'SUSPEND')
    return fail(
      'auditd writes no more when its log is full (max_log_file_action = SUSPEND)',
      'set max_log_file_action = ROTATE in /etc/audit/auditd.conf; service auditd reload',
    );
  if (auditd.get('write_logs')?.toLowerCase() === 'no')
    return fail(
      `auditd writes no log (write_logs = no)`,
      'set write_logs = yes in /etc/audit/auditd.conf; service auditd reload',
    );
  return ok(`auditd writes ${log}`);
}

/** Its RateLimitIntervalSec= is about what services say: the kernel's own messages and audit records are of no unit. */
function journaldConf({ journald }: LossFacts, uses: Uses | undefined): Verdict | undefined {
  if (!uses?.journal || !journald) return undefined;
  if (journald.get('Storage')?.toLowerCase() === 'none')
    return fail(
      'journald keeps nothing (Storage=none)',
      'set Storage=auto in /etc/systemd/journald.conf; systemctl restart systemd-journald',
    );
  const level = journald.get('MaxLevelStore')?.toLowerCase();
  if (level !== undefined && ABOVE_NOTICE.has(level))
    return fail(
      `journald drops what is less urgent than ${level} (MaxLevelStore): records are of level notice`,
      'set MaxLevelStore=debug in /etc/systemd/journald.conf; systemctl restart systemd-journald',
    );
  return ok('journald keeps what the kernel says');
}

const ABOVE_NOTICE = new Set(['emerg', 'alert', 'crit', 'err', 'warning', '0', '1', '2', '3', '4']);

/** imjournal passes on 20,000 messages in 600 s where nothing else is set; imklog limits nothing by itself. */
function rsyslogLimits({ rsyslog }: LossFacts, uses: Uses | undefined): Verdict | undefined {
  if (!uses?.syslog || rsyslog === undefined) return undefined;
  const imjournal = /(?:load="imjournal"|ModLoad\s+imjournal)/i.test(rsyslog);
  const unlimited = /imjournal"[^)]*Ratelimit\.Interval="0"|\$IMJournalRatelimitInterval\s+0\b/i.test(rsyslog);
  if (imjournal && !unlimited)
    return warn(
      'rsyslog passes on 20000 messages of the journal in 600 s (imjournal), the rest is lost',
      'module(load="imjournal" Ratelimit.Interval="0") in /etc/rsyslog.conf; systemctl restart rsyslog',
    );
  if (/load="imklog"[^)]*RatelimitInterval="[1-9]/i.test(rsyslog))
    return warn(
      'rsyslog limits what the kernel says (imklog RatelimitInterval)',
      'take RatelimitInterval out of module(load="imklog") in /etc/rsyslog.conf; systemctl restart rsyslog',
    );
  return ok('rsyslog passes on all that the kernel says');
}
