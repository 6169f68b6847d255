import { basenameOf } from '../profile/exe.ts';
import type { Profile } from '../profile/profile.ts';
import { scmpArch } from './architecture.ts';
import { namedRules, namelessLoss } from './calls.ts';
import { heading, reasonText } from './comment.ts';
import type { RenderOptions, TextRendering } from './format.ts';

/**
 * A SeccompProfile of the Kubernetes Security Profiles Operator. It has no field for the error number: an error is
 * EPERM, the runtime's default.
 */
export function seccompProfileResource(profile: Profile, { action }: RenderOptions): TextRendering {
  const calls = namedRules(profile.rules).map((rule) => `        - ${rule.name} # ${reasonText(rule)}`);
  const lines = [
    ...heading(profile, action).map((line) => `# ${line}`),
    'apiVersion: security-profiles-operator.x-k8s.io/v1',
    'kind: SeccompProfile',
    'metadata:',
    `  name: ${resourceName(profile.policy.exe)}`,
    'spec:',
    `  defaultAction: ${action === 'kill' ? 'SCMP_ACT_KILL_PROCESS' : 'SCMP_ACT_ERRNO'}`,
    '  architectures:',
    `    - ${scmpArch(profile.policy.abi)}`,
    '  syscalls:',
    '    - action: SCMP_ACT_ALLOW',
    calls.length === 0 ? '      names: []' : '      names:',
    ...calls,
  ];
  return { kind: 'text', text: `${lines.join('\n')}\n`, losses: namelessLoss(profile) };
}

/** The program's name as Kubernetes takes names (RFC 1123 label), in quotes, so that YAML takes `1e3` and `true` for text. */
function resourceName(exe: string): string {
  const label = basenameOf(exe)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '');
  return `"${label === '' ? 'profile' : label}"`;
}
