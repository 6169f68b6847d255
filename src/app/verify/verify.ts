import { UsageError } from '../../errors.ts';
import { type Abi, type AbiName, abiByName, numbersOf, syscallNumber } from '../../kernel/abi.ts';
import { ABIS } from '../../kernel/tables.gen.ts';
import type { Stage } from '../../observe/tally.ts';
import { observationsOf } from '../../profile/observations.ts';
import { type Point, stageFor } from '../../profile/point.ts';
import { pointNeeds } from '../../profile/points/needs.ts';
import { RENDERERS } from '../../render/renderers.ts';
import type { Filter } from '../../replay/filter.ts';
import { formatOf, READERS, type ReadableFormat } from '../../replay/readers.ts';
import { type Replay, replay } from '../../replay/replay.ts';
import type { Store } from '../../store/store.ts';
import { type Suggestion, type SuggestRequest, suggest } from '../suggest/suggest.ts';
import { unresolved } from './libseccomp.ts';

export interface VerifyRequest extends SuggestRequest {
  /** Undefined: by the document's content. */
  readonly format: ReadableFormat | undefined;
}

/** What a profile would do to a program, by all that was seen of that. */
export interface Verification {
  readonly format: ReadableFormat;
  readonly exe: string;
  /** The stage of the evidence, and the one that the format's filter would be over; undefined: whichever. */
  readonly stage: Stage;
  readonly wantedStage: 'preload' | 'launcher' | undefined;
  readonly runs: number;
  readonly replay: Replay;
  readonly unknown: {
    /** Names that no ABI of our table has. */
    readonly here: readonly string[];
    /** Names that this machine's libseccomp does not know; undefined where that cannot be asked. */
    readonly libseccomp: readonly string[] | undefined;
  };
  /** Calls that it denies, and that whoever loads it makes himself after that. */
  readonly needed: readonly { readonly name: string; readonly why: string }[];
  /** Second ABIs of the machine on which calls are allowed, and how many. */
  readonly openAbis: readonly { readonly abi: AbiName; readonly calls: number }[];
  readonly remarks: readonly string[];
}

/**
 * Runs all that was seen of a program through a profile of whatever format. Throws UsageError for a document that cannot be
 * read, with the place, and what suggest() throws where nothing was seen.
 */
export async function verify(store: Store, bytes: Uint8Array, request: VerifyRequest): Promise<Verification> {
  const format = request.format ?? formatOf(bytes);
  const read = await READERS[format]();
  const filter = read(bytes, request.abi);
  const { point } = RENDERERS[format];
  const wantedStage = point && stageFor(point);
  const { profile } = evidenceFor(store, request, wantedStage);
  const abi = abiByName(request.abi);
  if (!abi) throw new UsageError(`${request.abi}: not an ABI`);
  const ids = profile.runs.map((run) => run.id);
  // What a person has denied was seen all the same.
  const observations = observationsOf(store.runs({ ids }), store.tallies(ids), profile.policy);
  return {
    format,
    exe: profile.policy.exe,
    stage: profile.policy.stage,
    wantedStage,
    runs: ids.length,
    replay: replay(filter, observations, abi),
    unknown: { here: filter.names.filter((name) => !KNOWN().has(name)), libseccomp: unresolved(filter.names, abi.abi) },
    needed: point ? needed(filter, abi, point) : [],
    openAbis: openAbis(filter, abi),
    remarks: filter.remarks,
  };
}

/** The evidence of the stage that the filter is over, where there is any; else the newest run's. */
function evidenceFor(store: Store, request: VerifyRequest, wanted: 'preload' | 'launcher' | undefined): Suggestion {
  const newest = suggest(store, request);
  const isThere = wanted !== undefined && newest.otherStages.some(({ stage }) => stage === wanted);
  return request.stage === undefined && isThere ? suggest(store, { ...request, stage: wanted }) : newest;
}

function needed(filter: Filter, abi: Abi, point: Point): Verification['needed'] {
  const denies = (name: string) => {
    const nr = syscallNumber(abi, name);
    return nr !== undefined && filter.verdict({ archToken: abi.token, nr }) === 'deny';
  };
  return pointNeeds(point).flatMap(({ name, reason }) => (denies(name) ? [{ name, why: reason.why }] : []));
}

let known: ReadonlySet<string> | undefined;

/** The names of all ABIs. */
function KNOWN(): ReadonlySet<string> {
  known ??= new Set(ABIS.flatMap((abi) => [...numbersOf(abi).keys()]));
  return known;
}

/** ABIs that a process may enter beside its own on one machine (the kernel's compat layers). */
const SECOND: Readonly<Partial<Record<AbiName, readonly AbiName[]>>> = {
  x86_64: ['i386', 'x32'],
  x32: ['x86_64', 'i386'],
  i386: ['x86_64', 'x32'],
  aarch64: ['arm'],
  arm: ['aarch64'],
  ppc64: ['ppc'],
  s390x: ['s390'],
  mips64: ['mips', 'mips64n32'],
  mipsel64: ['mipsel', 'mipsel64n32'],
};

function openAbis(filter: Filter, { abi: native }: Abi): Verification['openAbis'] {
  return (SECOND[native] ?? []).flatMap((name) => {
    const abi = abiByName(name);
    if (!abi) return [];
    const call = (nr: number) => ({ archToken: abi.token, nr: nr + abi.base });
    const open = [...numbersOf(abi).values()].filter((nr) => filter.verdict(call(nr)) !== 'deny');
    return open.length > 0 ? [{ abi: name, calls: open.length }] : [];
  });
}
