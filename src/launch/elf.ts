/** Gives up to `length` bytes of a file from `offset` on; fewer at its end. */
export type ReadAt = (offset: number, length: number) => Buffer;

export interface Elf {
  readonly kind: 'elf';
  /** AUDIT_ARCH_* of the program's own calls: machine, class bit and byte-order bit (include/uapi/linux/audit.h). */
  readonly archToken: number;
  /** `dyn` is a shared object or a position-independent program (e_type ET_DYN). */
  readonly type: 'exec' | 'dyn' | 'other';
  /** PT_INTERP: the loader that execve starts; undefined for a static program, static-pie too. */
  readonly interpreter: string | undefined;
  /** DT_NEEDED, in order. */
  readonly needed: readonly string[];
  /** NT_GNU_BUILD_ID in hex. */
  readonly buildId: string | undefined;
}

/** It begins as an ELF file and is none that the kernel would run. */
interface BrokenElf {
  readonly kind: 'broken';
  readonly why: string;
}

/** Reads what matters of an ELF file; undefined for another kind of file. Any bytes may come: nothing is read out of bounds. */
export function readElf(readAt: ReadAt): Elf | BrokenElf | undefined {
  const head = readAt(0, 64);
  if (head.length < 4 || head.readUInt32BE(0) !== 0x7f454c46) return undefined;
  const layout = LAYOUTS.get(head[4] ?? 0);
  const little = head[5] === 1;
  if (!layout || (!little && head[5] !== 2)) return broken('its class or byte order is unknown');
  if (head.length < layout.headerSize) return broken('its header is cut off');
  const fields = new Fields(head, little);
  const segments = readSegments(readAt, fields, layout);
  if (!segments) return broken('its program headers are cut off or out of bounds');
  const type = ({ 2: 'exec', 3: 'dyn' } as const)[fields.u16(16)] ?? 'other';
  const interp = segments.find((segment) => segment.type === PT_INTERP);
  const interpreter = interp && terminated(readAt(interp.offset, Math.min(interp.size, PATH_MAX)));
  if (interp && !interpreter) return broken('the name of its loader is cut off');
  return {
    kind: 'elf',
    archToken: tokenOf(fields.u16(18), layout.bits, little),
    type,
    interpreter,
    needed: readNeeded(readAt, segments, layout, little),
    buildId: readBuildId(readAt, segments, little),
  };
}

interface Layout {
  readonly bits: 32 | 64;
  readonly headerSize: number;
  readonly phoff: number;
  readonly phentsize: number;
  readonly phnum: number;
  readonly segmentSize: number;
  /** Where p_offset, p_vaddr, p_filesz stand in a program header. */
  readonly segment: readonly [offset: number, vaddr: number, filesz: number];
}

/** elf(5), Elf32_Ehdr and Elf64_Ehdr, by EI_CLASS. */
const LAYOUTS: ReadonlyMap<number, Layout> = new Map([
  [1, { bits: 32, headerSize: 52, phoff: 28, phentsize: 42, phnum: 44, segmentSize: 32, segment: [4, 8, 16] }],
  [2, { bits: 64, headerSize: 64, phoff: 32, phentsize: 54, phnum: 56, segmentSize: 56, segment: [8, 16, 32] }],
]);

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const PT_NOTE = 4;
const DT_NEEDED = 1;
const DT_STRTAB = 5;
const NT_GNU_BUILD_ID = 3;
const PATH_MAX = 4096;
/** The kernel takes no more program headers (fs/binfmt_elf.c load_elf_phdrs); the same bound serves notes and tables. */
const TABLE_MAX = 65536;

interface Segment {
  readonly type: number;
  readonly offset: number;
  readonly vaddr: number;
  readonly size: number;
}

function broken(why: string): BrokenElf {
  return { kind: 'broken', why };
}

function tokenOf(machine: number, bits: 32 | 64, little: boolean): number {
  return machine + (bits === 64 ? 0x80000000 : 0) + (little ? 0x40000000 : 0);
}

function readSegments(readAt: ReadAt, header: Fields, layout: Layout): Segment[] | undefined {
  const count = header.u16(layout.phnum);
  const size = count * layout.segmentSize;
  const at = header.word(layout.phoff, layout.bits);
  if (header.u16(layout.phentsize) !== layout.segmentSize || size > TABLE_MAX || at === undefined) return undefined;
  const table = readAt(at, size);
  if (size === 0 || table.length < size) return undefined;
  return Array.from({ length: count }, (_, index) => {
    const start = index * layout.segmentSize;
    const fields = new Fields(table.subarray(start, start + layout.segmentSize), header.little);
    const [offset, vaddr, filesz] = layout.segment.map((place) => fields.word(place, layout.bits) ?? 0);
    return { type: fields.u32(0), offset: offset ?? 0, vaddr: vaddr ?? 0, size: filesz ?? 0 };
  });
}

function readNeeded(readAt: ReadAt, segments: readonly Segment[], layout: Layout, little: boolean): string[] {
  const dynamic = segments.find((segment) => segment.type === PT_DYNAMIC);
  if (!dynamic) return [];
  const bytes = readAt(dynamic.offset, Math.min(dynamic.size, TABLE_MAX));
  const fields = new Fields(bytes, little);
  const step = layout.bits / 8;
  const names: number[] = [];
  let strings: number | undefined;
  for (let at = 0; at + 2 * step <= bytes.length; at += 2 * step) {
    const tag = fields.word(at, layout.bits);
    const value = fields.word(at + step, layout.bits);
    if (tag === 0) break;
    if (tag === DT_NEEDED && value !== undefined) names.push(value);
    if (tag === DT_STRTAB && value !== undefined) strings = fileOffset(segments, value);
  }
  if (strings === undefined) return [];
  const table = strings;
  return names.flatMap((name) => terminated(readAt(table + name, PATH_MAX)) ?? []);
}

function fileOffset(segments: readonly Segment[], vaddr: number): number | undefined {
  const load = segments.find(
    (segment) => segment.type === PT_LOAD && vaddr >= segment.vaddr && vaddr < segment.vaddr + segment.size,
  );
  return load && vaddr - load.vaddr + load.offset;
}

function readBuildId(readAt: ReadAt, segments: readonly Segment[], little: boolean): string | undefined {
  for (const note of segments.filter((segment) => segment.type === PT_NOTE)) {
    const bytes = readAt(note.offset, Math.min(note.size, TABLE_MAX));
    const fields = new Fields(bytes, little);
    for (let at = 0; at + 12 <= bytes.length; ) {
      const nameSize = align4(fields.u32(at));
      const size = fields.u32(at + 4);
      const desc = at + 12 + nameSize;
      const isGnu = bytes.toString('latin1', at + 12, at + 16) === 'GNU\0' && nameSize === 4;
      if (isGnu && fields.u32(at + 8) === NT_GNU_BUILD_ID && desc + size <= bytes.length) {
        return bytes.toString('hex', desc, desc + size);
      }
      at = desc + align4(size);
    }
  }
  return undefined;
}

function align4(size: number): number {
  return Math.ceil(size / 4) * 4;
}

/** Text up to the NUL that must be there. */
function terminated(bytes: Buffer): string | undefined {
  const end = bytes.indexOf(0);
  return end <= 0 ? undefined : bytes.toString('utf8', 0, end);
}

/** Numbers of a buffer in its file's byte order; 0 beyond its end, so that a cut table holds no more entries. */
class Fields {
  readonly little: boolean;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, little: boolean) {
    this.#bytes = bytes;
    this.little = little;
  }

  u16(at: number): number {
    if (at + 2 > this.#bytes.length) return 0;
    return this.little ? this.#bytes.readUInt16LE(at) : this.#bytes.readUInt16BE(at);
  }

  u32(at: number): number {
    if (at + 4 > this.#bytes.length) return 0;
    return this.little ? this.#bytes.readUInt32LE(at) : this.#bytes.readUInt32BE(at);
  }

  /** Undefined where no file is that long. */
  word(at: number, bits: 32 | 64): number | undefined {
    if (bits === 32) return this.u32(at);
    if (at + 8 > this.#bytes.length) return 0;
    const value = this.little ? this.#bytes.readBigUInt64LE(at) : this.#bytes.readBigUInt64BE(at);
    return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : undefined;
  }
}
