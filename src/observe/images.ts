import type { RunOrigin } from './origin.ts';

/** What the kernel tells of the code in processes (perf_event_open(2)): times are nanoseconds since boot, for order alone. */
export type ImageEvent =
  | { readonly kind: 'forked'; readonly atNs: number; readonly pid: number; readonly parent: number }
  | { readonly kind: 'executed'; readonly atNs: number; readonly pid: number }
  | { readonly kind: 'mapped'; readonly atNs: number; readonly pid: number; readonly mapping: Mapping };

/** A piece of code that a file was mapped for. */
export interface Mapping {
  readonly start: number;
  readonly length: number;
  readonly fileOffset: number;
  readonly buildId: string;
  /** Printable text (record/name.ts). */
  readonly path: string;
}

export type Place = Pick<RunOrigin, 'module' | 'buildId' | 'fileOffset'>;

/** So many are kept; of a run that maps more, the later places are not known. */
const MOST = 200_000;

/**
 * The code of every process of a run, so that an instruction pointer of a record has a place. One pid may have been several
 * programs, one after the other; where addresses are random, only one of them has code where a record says.
 */
export class Images {
  readonly #events: ImageEvent[] = [];

  push(event: ImageEvent): void {
    if (this.#events.length < MOST) this.#events.push(event);
  }

  /** Finds places, once all has been pushed: the kernel tells a CPU at a time. */
  places(): (pid: number, exe: string, ip: string) => Place | undefined {
    const images = imagesByPid(this.#events.toSorted((a, b) => a.atNs - b.atNs));
    return (pid, exe, ip) => {
      const address = Number.parseInt(ip, 16);
      const found = (images.get(pid) ?? []).flatMap((image) => {
        const mapping = image.find(({ start, length }) => address >= start && address < start + length);
        return mapping ? [{ mapping, isExe: image.some(({ path }) => path === exe) }] : [];
      });
      const { mapping } = found.findLast(({ isExe }) => isExe) ?? found.at(-1) ?? {};
      return mapping && placeIn(mapping, address);
    };
  }
}

/** Each pid's programs, in order: what was mapped last lies over what was there before. */
function imagesByPid(events: readonly ImageEvent[]): ReadonlyMap<number, readonly (readonly Mapping[])[]> {
  const images = new Map<number, Mapping[][]>();
  for (const event of events) {
    const own = images.get(event.pid) ?? [];
    images.set(event.pid, own);
    if (event.kind === 'forked') own.push([...(images.get(event.parent)?.at(-1) ?? [])]);
    else if (event.kind === 'executed') own.push([]);
    else if (own.length === 0) own.push([event.mapping]);
    else own.at(-1)?.unshift(event.mapping);
  }
  return images;
}

function placeIn({ start, fileOffset, path, buildId }: Mapping, address: number): Place {
  return { module: path, buildId, fileOffset: address - start + fileOffset };
}
