/** What the kernel puts behind the path of a program that was replaced or removed while it ran (fs/d_path.c). */
const DELETED = ' (deleted)';

/** The path that a program was started by, also where it is gone since. */
export function livingPath(exe: string): string {
  return exe.endsWith(DELETED) ? exe.slice(0, -DELETED.length) : exe;
}

/** True where two names stand for one path. */
export function isSameExe(a: string, b: string): boolean {
  return a === b || livingPath(a) === livingPath(b);
}

export function basenameOf(exe: string): string {
  return livingPath(exe).replace(/^.*\//s, '');
}
