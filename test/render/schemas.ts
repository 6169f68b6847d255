/** JSON schemas of what others take, by their own documents: runtime-spec config-linux.md, Docker's profile, the SPO's resource, seccompiler's json_format.md. */
const ACTIONS = ['KILL', 'KILL_PROCESS', 'KILL_THREAD', 'TRAP', 'ERRNO', 'TRACE', 'ALLOW', 'LOG', 'NOTIFY'];
const ACTION = { enum: ACTIONS.map((name) => `SCMP_ACT_${name}`) };
const ARCHES = [
  'X86',
  'X86_64',
  'X32',
  'ARM',
  'AARCH64',
  'MIPS',
  'MIPS64',
  'MIPS64N32',
  'MIPSEL',
  'MIPSEL64',
  'MIPSEL64N32',
];
const MORE_ARCHES = [
  'PPC',
  'PPC64',
  'PPC64LE',
  'S390',
  'S390X',
  'PARISC',
  'PARISC64',
  'RISCV64',
  'LOONGARCH64',
  'M68K',
  'SH',
  'SHEB',
];
const ARCH = { enum: [...ARCHES, ...MORE_ARCHES].map((name) => `SCMP_ARCH_${name}`) };
const NAMES = {
  type: 'array',
  minItems: 1,
  uniqueItems: true,
  items: { type: 'string', pattern: '^[a-z_][a-z0-9_]*$' },
};
const ERRNO = { type: 'integer', minimum: 0, maximum: 4095 };

function object(required: readonly string[], properties: object) {
  return { type: 'object', required, properties, additionalProperties: false };
}

const RULE = { names: NAMES, action: ACTION, errnoRet: ERRNO };

export const OCI_SCHEMA = object(['defaultAction'], {
  defaultAction: ACTION,
  defaultErrnoRet: ERRNO,
  architectures: { type: 'array', items: ARCH, uniqueItems: true },
  syscalls: { type: 'array', minItems: 1, items: object(['names', 'action'], RULE) },
});

export const DOCKER_SCHEMA = object(['defaultAction', 'syscalls'], {
  defaultAction: ACTION,
  defaultErrnoRet: ERRNO,
  archMap: {
    type: 'array',
    items: object(['architecture', 'subArchitectures'], {
      architecture: ARCH,
      subArchitectures: { type: 'array', items: ARCH },
    }),
  },
  syscalls: { type: 'array', items: object(['names', 'action'], { ...RULE, comment: { type: 'string' } }) },
});

export const SPO_SCHEMA = object(['apiVersion', 'kind', 'metadata', 'spec'], {
  apiVersion: { const: 'security-profiles-operator.x-k8s.io/v1' },
  kind: { const: 'SeccompProfile' },
  metadata: object(['name'], { name: { type: 'string', pattern: '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$' } }),
  spec: object(['defaultAction'], {
    defaultAction: ACTION,
    architectures: { type: 'array', items: ARCH },
    syscalls: { type: 'array', items: object(['names', 'action'], RULE) },
  }),
});

const SECCOMPILER_ACTION = {
  oneOf: [
    { enum: ['allow', 'kill_process', 'kill_thread', 'log', 'trap'] },
    object(['errno'], { errno: ERRNO }),
    object(['trace'], { trace: { type: 'integer' } }),
  ],
};

export const SECCOMPILER_SCHEMA = {
  type: 'object',
  additionalProperties: object(['mismatch_action', 'match_action', 'filter'], {
    mismatch_action: SECCOMPILER_ACTION,
    match_action: SECCOMPILER_ACTION,
    filter: { type: 'array', items: object(['syscall'], { syscall: { type: 'string' }, comment: { type: 'string' } }) },
  }),
};
