import { bpfProgram } from './bpf.ts';
import { libseccompSource } from './c.ts';
import { dockerJson } from './docker.ts';
import { preloadEnv } from './env.ts';
import { ACTIONS, type Format, type Renderer } from './format.ts';
import { profileDocument } from './json.ts';
import { minijailPolicy } from './minijail.ts';
import { ociJson } from './oci.ts';
import { seccompilerJson } from './seccompiler.ts';
import { seccompProfileResource } from './spo.ts';
import { systemdDropIn } from './systemd.ts';
import { profileTable } from './table.ts';

/**
 * bubblewrap loads the program as minijail does, right before it executes the command. Whoever compiles a list into a program
 * of its own (c, seccompiler) chooses where the filter begins.
 */
export const RENDERERS: Readonly<Record<Format, Renderer>> = {
  env: { point: undefined, actions: ['kill'], render: preloadEnv },
  systemd: { point: 'systemd', actions: ACTIONS, render: systemdDropIn },
  oci: { point: 'oci', actions: ACTIONS, render: ociJson },
  docker: { point: 'oci', actions: ACTIONS, render: dockerJson },
  spo: { point: 'oci', actions: ['kill', 'eperm'], render: seccompProfileResource },
  minijail: { point: 'minijail', actions: ['kill'], render: minijailPolicy },
  bpf: { point: 'minijail', actions: ['kill'], render: bpfProgram },
  c: { point: undefined, actions: ACTIONS, render: libseccompSource },
  seccompiler: { point: undefined, actions: ACTIONS, render: seccompilerJson },
  json: { point: undefined, actions: ['kill'], render: profileDocument },
  table: { point: undefined, actions: ['kill'], render: profileTable },
};
