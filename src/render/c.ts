import type { Profile, Rule } from '../profile/profile.ts';
import { scmpArch } from './architecture.ts';
import { heading, reasonText } from './comment.ts';
import type { Action, RenderOptions, TextRendering } from './format.ts';

/** The first number that all ABIs share (5.1); libseccomp's header may be older than a call from there on, never than one below. */
const SHARED_FROM = 424;

/**
 * C source of a function that loads the list by libseccomp. The context is kept after that: what releasing it takes need not be
 * on the list.
 */
export function libseccompSource(profile: Profile, { action }: RenderOptions): TextRendering {
  const arch = scmpArch(profile.policy.abi);
  const rules = [...new Map(profile.rules.map((rule) => [rule.nr, rule])).values()].sort(byNumber);
  const lines = [
    ...heading(profile, action).map((line) => `/* ${line} */`),
    '#include <errno.h>',
    '#include <seccomp.h>',
    '#include <stddef.h>',
    '',
    ...rules.flatMap(youngName),
    'static const int allowed[] = {',
    ...rules.map((rule) => `\t${rule.name ? `SCMP_SYS(${rule.name})` : rule.nr}, /* ${reasonText(rule)} */`),
    '};',
    '',
    ...loader(arch, action),
  ];
  return { kind: 'text', text: lines.join('\n'), losses: [] };
}

function youngName({ name, nr }: Rule): readonly string[] {
  if (name === undefined || nr < SHARED_FROM) return [];
  return [`#ifndef __SNR_${name}`, `#define __SNR_${name} ${nr}`, '#endif'];
}

function loader(arch: string, action: Action): readonly string[] {
  const otherwise = action === 'kill' ? 'SCMP_ACT_KILL_PROCESS' : `SCMP_ACT_ERRNO(${action.toUpperCase()})`;
  return [
    '/* From its return on only these calls are allowed. 0, or a negative errno. Link with -lseccomp. */',
    'int load_syscall_list(void);',
    'int load_syscall_list(void)',
    '{',
    `\tscmp_filter_ctx filter = seccomp_arch_native() == ${arch} ? seccomp_init(${otherwise}) : NULL;`,
    '\tint error = filter ? 0 : -EINVAL;',
    '',
    '\tfor (size_t i = 0; error == 0 && i < sizeof(allowed) / sizeof(*allowed); i++)',
    '\t\terror = seccomp_rule_add_exact(filter, SCMP_ACT_ALLOW, allowed[i], 0);',
    '\tif (error == 0)',
    '\t\treturn seccomp_load(filter);',
    '\tif (filter)',
    '\t\tseccomp_release(filter);',
    '\treturn error;',
    '}',
    '',
  ];
}

function byNumber(a: Rule, b: Rule): number {
  return a.nr - b.nr;
}
