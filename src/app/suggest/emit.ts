import { RefusedError, UsageError } from '../../errors.ts';
import { abiByName } from '../../kernel/abi.ts';
import { compileBpf } from '../../launch/compile.ts';
import type { Observation } from '../../profile/observations.ts';
import { stageFor } from '../../profile/point.ts';
import type { Profile } from '../../profile/profile.ts';
import { allowlist, preloadEnv } from '../../render/env.ts';
import type { Action, Format, Rendering } from '../../render/format.ts';
import { RENDERERS } from '../../render/renderers.ts';
import { READERS } from '../../replay/readers.ts';
import { type Denial, type Replay, replay } from '../../replay/replay.ts';
import { nativeAbi } from '../native-abi.ts';
import { quoted } from '../quoted.ts';
import { unresolved } from '../verify/libseccomp.ts';

export interface EmitRequest {
  readonly format: Format;
  /** Undefined: the first that the format can say. */
  readonly action: Action | undefined;
  readonly width: number | undefined;
  /** Options that a printed command must repeat: `--db FILE `, or ''. */
  readonly again: string;
}

/** A profile in a format that lets through all that was observed. */
export interface Emission {
  readonly rendering: Rendering;
  readonly bytes: Uint8Array;
  readonly losses: readonly string[];
  readonly replay: Replay;
}

/** Formats whose consumers look names up in libseccomp. */
const BY_LIBSECCOMP: ReadonlySet<Format> = new Set(['systemd', 'oci', 'docker', 'spo']);

/**
 * Renders a profile, reads the result back and runs every observed call through it. Throws UsageError where the format cannot
 * say what is asked for, RefusedError where the evidence does not cover it or an observed call would be denied.
 */
export async function emit(
  profile: Profile,
  observations: readonly Observation[],
  request: EmitRequest,
): Promise<Emission> {
  const { format } = request;
  requireEvidence(profile, request);
  const rendering = rendered(profile, request);
  const bytes = bytesOf(rendering);
  const abi = abiByName(profile.policy.abi);
  if (!abi) throw new UsageError(`${profile.policy.abi}: not an ABI`);
  // Nothing reads a table: what it shows is the list itself.
  const document = format === 'table' ? Buffer.from(preloadEnv(profile).text) : bytes;
  const read = await READERS[format === 'table' ? 'env' : format]();
  const filter = read(document, abi.abi);
  const result = replay(filter, observations, abi);
  if (result.denied.length > 0) throw new RefusedError(wouldDeny(request, rendering, result.denied));
  return { rendering, bytes, losses: [...rendering.losses, ...notInLibseccomp(profile, format)], replay: result };
}

function rendered(profile: Profile, { format, action, width }: EmitRequest): Rendering {
  const { actions, render } = RENDERERS[format];
  const [first = 'kill'] = actions;
  if (action !== undefined && !actions.includes(action)) {
    throw new UsageError(`--action ${action}: ${format} cannot say that: want ${actions.join(' or ')}`);
  }
  if (format === 'bpf' && profile.policy.abi !== nativeAbi()) {
    throw new UsageError(
      `--format bpf: a program is compiled for this machine's own ABI, not for ${profile.policy.abi}`,
    );
  }
  return render(profile, { action: action ?? first, width, compile: compileBpf });
}

function bytesOf(rendering: Rendering): Uint8Array {
  return rendering.kind === 'text' ? Buffer.from(rendering.text) : rendering.bytes;
}

/** A filter that is loaded before the program is executed is over its whole start, which records of stage preload do not show. */
function requireEvidence({ policy }: Profile, { format, again }: EmitRequest): void {
  const { point } = RENDERERS[format];
  if (point === undefined || policy.stage === stageFor(point)) return;
  const observe = `profiler observe ${again}--stage ${stageFor(point)} -- ${quoted(policy.exe)}`;
  const why =
    policy.stage === 'unknown'
      ? `nothing tells where the filter of these runs began: want --stage ${stageFor(point)} as your word for it, or`
      : `its runs are of stage ${policy.stage}, which do not show its start:`;
  throw new RefusedError(`--format ${format}: ${policy.exe}: ${why} observe it by: ${observe}`);
}

function wouldDeny({ format }: EmitRequest, { losses }: Rendering, denied: readonly Denial[]): string {
  const calls = denied.map(({ name, nr, count }) => `${name ?? nr} (${count})`).join(', ');
  const why = losses.length > 0 ? `; ${losses.join('; ')}` : '';
  return `--format ${format}: not printed: it would deny calls that were observed: ${calls}${why}`;
}

function notInLibseccomp(profile: Profile, format: Format): readonly string[] {
  if (!BY_LIBSECCOMP.has(format)) return [];
  const names = unresolved(allowlist(profile), profile.policy.abi) ?? [];
  if (names.length === 0) return [];
  return [`this machine's libseccomp does not know ${names.join(', ')}: where it loads the filter, they are denied`];
}
