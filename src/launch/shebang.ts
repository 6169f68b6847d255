/** The interpreter line of a script, as execve reads it. */
export interface Shebang {
  readonly interpreter: string;
  /** Everything after the interpreter is one argument. */
  readonly argument: string | undefined;
}

/** The kernel looks at no more than this of a file (include/uapi/linux/binfmts.h BINPRM_BUF_SIZE). */
export const HEAD_BYTES = 256;

/**
 * Reads the first line of a script; undefined for what is none, or one that execve would not run (ENOEXEC): no name after
 * `#!`, or a name that does not end within the bytes that the kernel reads (fs/binfmt_script.c load_script).
 */
export function readShebang(head: Buffer): Shebang | undefined {
  const bytes = head.subarray(0, HEAD_BYTES);
  if (bytes.length < 2 || bytes[0] !== 0x23 || bytes[1] !== 0x21) return undefined;
  const text = bytes.toString('latin1', 2);
  const newline = text.indexOf('\n');
  const cut = newline < 0 && bytes.length === HEAD_BYTES;
  const line = /^[ \t]*([^ \t\0]+)([ \t\0]?)[ \t]*([^\0]*)/.exec(newline < 0 ? text : text.slice(0, newline));
  const [, name, after, rest = ''] = line ?? [];
  if (name === undefined || (cut && after === '')) return undefined;
  const argument = after === '\0' ? '' : rest.replace(/[ \t]+$/, '');
  return { interpreter: fromBytes(name), argument: argument === '' ? undefined : fromBytes(argument) };
}

function fromBytes(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
