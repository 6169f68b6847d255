/** `Name:\tvalue` lines of /proc/PID/status (proc_pid_status(5)). */
export function statusFields(text: string): ReadonlyMap<string, string> {
  return new Map(
    text.split('\n').map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
}
