import { realpathSync } from 'node:fs';
import { messageOf, RefusedError } from '../errors.ts';
import { type MiscRule, miscRules } from './binfmt-misc.ts';
import { type Elf, readElf } from './elf.ts';
import { withFile } from './file.ts';
import { findProgram } from './find.ts';
import { inspectLoader, type Loader } from './libc.ts';
import { type Caller, gainedPrivileges, type Privilege } from './privileges.ts';
import { HEAD_BYTES, readShebang, type Shebang } from './shebang.ts';

/** What execve would make of a command. */
export interface ProgramFacts {
  /** The file that execvp finds. */
  readonly path: string;
  /** A script without #!: execvp(3) gives it to /bin/sh, and so does a launch. */
  readonly viaShell: boolean;
  /** The #! lines on the way to the program that is mapped, outermost first; empty for a binary. */
  readonly scripts: readonly (Shebang & { readonly path: string })[];
  /** Real path of the file that is mapped in the end: `exe=` of the kernel's records. For a script its interpreter's. */
  readonly exe: string;
  readonly elf: Elf;
  /** Undefined: static. */
  readonly loader: Loader | undefined;
  /** What execve would add to the caller's rights; not empty means that the loader ignores LD_PRELOAD. */
  readonly gains: readonly Privilege[];
  readonly caller: Caller;
}

/** The sixth handler in a row ends in ELOOP (fs/exec.c exec_binprm, depth > 5), so this many #! lines are followed. */
const SCRIPTS_MAX = 5;

/**
 * Finds and reads the program that `name` stands for. Refused with env(1)'s codes: 127 where there is none, 126 where it
 * cannot be run.
 */
export function inspectProgram(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  caller: Caller,
): ProgramFacts {
  const path = findProgram(name, env);
  const scripts: (Shebang & { path: string })[] = [];
  const rules = miscRules();
  let viaShell = false;
  for (let file = path; ; ) {
    const { elf, shebang, isText } = inspectFile(file, rules);
    if (elf) return { path, viaShell, scripts, ...imageFacts(file, elf, caller) };
    viaShell ||= !shebang && isText && scripts.length === 0;
    if (!shebang && !viaShell) throw cannotRun(file, 'neither an ELF program nor a script');
    scripts.push({ path: file, ...(shebang ?? SHELL) });
    if (scripts.length > SCRIPTS_MAX) throw cannotRun(path, `more than ${SCRIPTS_MAX} #! interpreters in a row`);
    file = findInterpreter(file, shebang ?? SHELL);
  }
}

const SHELL: Shebang = { interpreter: '/bin/sh', argument: undefined };

interface FileFacts {
  readonly elf: Elf | undefined;
  readonly shebang: Shebang | undefined;
  readonly isText: boolean;
}

function inspectFile(file: string, rules: readonly MiscRule[]): FileFacts {
  try {
    return withFile(file, (readAt) => {
      const elf = readElf(readAt);
      if (elf?.kind === 'broken') throw cannotRun(file, `a broken ELF file: ${elf.why}`);
      const head = readAt(0, HEAD_BYTES);
      const rule = rules.find((candidate) => candidate.takes(file, head));
      if (rule)
        throw cannotRun(file, `is run by ${rule.interpreter} (binfmt_misc rule ${rule.name}): start it by that`);
      return { elf, shebang: elf ? undefined : readShebang(head), isText: !head.includes(0) };
    });
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    throw cannotRun(file, `cannot be read: ${messageOf(error)}`);
  }
}

/** The kernel opens the interpreter as it is written: no PATH, and from the working directory where it is relative. */
function findInterpreter(script: string, { interpreter }: Shebang): string {
  try {
    return findProgram(interpreter.includes('/') ? interpreter : `./${interpreter}`, {});
  } catch (error) {
    throw new RefusedError(`${script}: its interpreter: ${messageOf(error)}`, {
      exitCode: error instanceof RefusedError ? error.exitCode : 126,
      cause: error,
    });
  }
}

function imageFacts(file: string, elf: Elf, caller: Caller): Omit<ProgramFacts, 'path' | 'viaShell' | 'scripts'> {
  const exe = realpathSync(file);
  const loader = elf.interpreter === undefined ? undefined : inspectLoader(elf.interpreter);
  return { exe, elf, loader, gains: gainedPrivileges(exe, caller), caller };
}

function cannotRun(file: string, why: string): RefusedError {
  return new RefusedError(`${file}: ${why}`, { exitCode: 126 });
}
