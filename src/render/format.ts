import type { Point } from '../profile/point.ts';
import type { Profile } from '../profile/profile.ts';

/** What `suggest --format` takes; renderers.ts has the part of each. */
export const FORMATS = [
  'env',
  'systemd',
  'oci',
  'docker',
  'spo',
  'minijail',
  'bpf',
  'c',
  'seccompiler',
  'json',
  'table',
] as const;
export type Format = (typeof FORMATS)[number];

/** What a call meets that is not on the list: the process dies by SIGSYS, or the call fails with that error. */
export const ACTIONS = ['kill', 'eperm', 'enosys'] as const;
export type Action = (typeof ACTIONS)[number];

/** A profile in another form, and what that form cannot say. */
export type Rendering = TextRendering | BytesRendering;

export interface TextRendering {
  readonly kind: 'text';
  readonly text: string;
  readonly losses: readonly string[];
}

interface BytesRendering {
  readonly kind: 'bytes';
  readonly bytes: Uint8Array;
  readonly losses: readonly string[];
}

export interface RenderOptions {
  readonly action: Action;
  /** Columns of the terminal; undefined: nothing is cut. */
  readonly width: number | undefined;
  /** Makes the raw BPF program of a list that kills (env.ts: allowlist); the caller's, because only C compiles BPF. */
  readonly compile: (allow: readonly string[]) => Uint8Array;
}

export interface Renderer {
  /** Where those that take the format load the filter; undefined: the format is for wherever the evidence is from. */
  readonly point: Point | undefined;
  /** What the format can say of the calls that are not on the list. */
  readonly actions: readonly Action[];
  /** Throws UsageError where the format has no word for the profile's ABI. */
  readonly render: (profile: Profile, options: RenderOptions) => Rendering;
}
