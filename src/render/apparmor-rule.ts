import { quoted } from '../apparmor/pattern.ts';
import type { Place, Rule } from '../apparmor/rule.ts';

/** A rule as apparmor.d(5) writes it, with its comma. */
export function ruleText(rule: Rule, deny = false): string {
  if (rule.kind === 'include') return `include <${rule.name}>`;
  if (!deny) return `${said(rule)},`;
  // A refusal has no transition.
  return rule.kind === 'exec' ? `deny ${quoted(rule.path)} x,` : `deny ${said(rule)},`;
}

function said(rule: Exclude<Rule, { readonly kind: 'include' }>): string {
  switch (rule.kind) {
    case 'file':
      return `${rule.owner ? 'owner ' : ''}${quoted(rule.path)} ${rule.mask}`;
    case 'link':
      return `${rule.owner ? 'owner ' : ''}link ${quoted(rule.path)} -> ${quoted(rule.target)}`;
    case 'exec':
      return `${rule.owner ? 'owner ' : ''}${quoted(rule.path)} ${rule.transition}${arrow(rule.target)}`;
    case 'capability':
      return `capability ${rule.name}`;
    case 'network':
      return words([
        'network',
        list(rule.mask),
        rule.family,
        rule.type,
        ...place(rule.local),
        peer(place(rule.remote)),
      ]);
    case 'unix':
      return words([
        'unix',
        list(rule.mask),
        `type=${rule.type}`,
        field('addr', rule.addr),
        peer([field('addr', rule.peerAddr), field('label', rule.peer)]),
      ]);
    case 'signal':
      return `signal ${list(rule.mask)} set=${list(rule.signals)} peer=${quoted(rule.peer)}`;
    case 'ptrace':
      return `ptrace ${list(rule.mask)} peer=${quoted(rule.peer)}`;
    case 'mount':
      return words([
        'mount',
        field('fstype', rule.fstype),
        options(rule.flags),
        source(rule.source),
        `-> ${quoted(rule.target)}`,
      ]);
    case 'umount':
      return `umount ${quoted(rule.target)}`;
    case 'pivot_root':
      return words(['pivot_root', field('oldroot', rule.oldRoot), quoted(rule.newRoot)]);
    case 'dbus':
      return dbus(rule);
    case 'userns':
      return 'userns create';
    case 'io_uring':
      return words(['io_uring', list(rule.mask), field('label', rule.label)]);
    case 'mqueue':
      return words(['mqueue', list(rule.mask), `type=${rule.type}`, quoted(rule.name)]);
    case 'change_profile':
      return `change_profile${arrow(rule.target)}`;
    case 'rlimit':
      return `set rlimit ${rule.name} <= ${rule.value}`;
  }
}

function dbus({ mask, bus, path, name, peer: label, ...rule }: Rule & { readonly kind: 'dbus' }): string {
  const bind = mask.includes('bind');
  return words([
    'dbus',
    list(mask),
    `bus=${bus}`,
    field('path', path),
    field('interface', rule.interface),
    field('member', rule.member),
    ...(bind ? [field('name', name)] : [peer([field('name', name), field('label', label)])]),
  ]);
}

function words(all: readonly string[]): string {
  return all.filter((word) => word !== '').join(' ');
}

/** `(a, b)`: one word needs no comma. */
function list(all: readonly string[]): string {
  return all.length === 0 ? '' : `(${all.join(' ')})`;
}

function options(flags: readonly string[]): string {
  return flags.length === 0 ? '' : `options=(${flags.join(', ')})`;
}

function source(path: string | undefined): string {
  return path === undefined ? '' : quoted(path);
}

function field(key: string, value: string | undefined): string {
  return value === undefined ? '' : `${key}=${quoted(value)}`;
}

function peer(fields: readonly string[]): string {
  const all = words(fields);
  return all === '' ? '' : `peer=(${all})`;
}

function place(at: Place | undefined): string[] {
  return at ? [field('ip', at.addr), field('port', at.port?.toString())] : [];
}

function arrow(target: string | undefined): string {
  return target === undefined ? '' : ` -> ${quoted(target)}`;
}
