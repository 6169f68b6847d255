import { basenameOf, livingPath } from './exe.ts';

/** What a program was started as. */
export interface Invocation {
  readonly exe: string;
  readonly argv0: string | undefined;
}

/** One program that a person's word can stand for. */
export interface Candidate {
  /** Its path, without ` (deleted)`. */
  readonly exe: string;
  readonly role: 'program' | 'child';
  /** Set where argv[0] was the match, and not the path: only runs that were started by it are meant. */
  readonly argv0: string | undefined;
}

/**
 * The programs that `--exe` can stand for, by the best match there is: a path of a run, its basename, a run's argv[0]
 * (python3 for /usr/bin/python3.11; a script for its interpreter) or its basename, and last a program that was seen in
 * other programs' runs only. `names` are the ways to write one wish: as typed, and as a resolved path.
 */
export function candidatesFor(
  names: readonly string[],
  runs: readonly Invocation[],
  children: readonly string[],
): readonly Candidate[] {
  const paths = new Set(names.filter((name) => name.includes('/')));
  const words = new Set(names.filter((name) => !name.includes('/')));
  const isPath = (text = '') => paths.has(text) || paths.has(livingPath(text));
  const isWord = (text = '') => words.has(basenameOf(text)) || words.has(text);
  const exes = runs.map((run) => run.exe);
  const levels = [
    exes.filter(isPath).map(program),
    exes.filter(isWord).map(program),
    runs.filter((run) => isPath(run.argv0)).map(started),
    runs.filter((run) => isWord(run.argv0)).map(started),
    children.filter((exe) => isPath(exe) || isWord(exe)).map(child),
  ];
  return unique(levels.find((level) => level.length > 0) ?? []);
}

function program(exe: string): Candidate {
  return { exe: livingPath(exe), role: 'program', argv0: undefined };
}

function started({ exe, argv0 }: Invocation): Candidate {
  return { exe: livingPath(exe), role: 'program', argv0 };
}

function child(exe: string): Candidate {
  return { exe: livingPath(exe), role: 'child', argv0: undefined };
}

function unique(candidates: readonly Candidate[]): Candidate[] {
  return [...new Map(candidates.map((one) => [`${one.argv0 ?? ''}\n${one.exe}`, one])).values()];
}

/** Programs whose name says nothing of what they run. */
const INTERPRETER =
  /^(?:python|perl|ruby|node|nodejs|java|php|env|bash|sh|dash|zsh|ksh|fish|busybox|lua|luajit|tclsh|wish|guile|R|Rscript|mono|dotnet|deno|bun|qemu-\w+)[\d.]*$/;

export function isInterpreter(exe: string): boolean {
  return INTERPRETER.test(basenameOf(exe));
}
