/** The learned rules of each profile of systemd/apparmor/profiler, which end where its local file is included. */
const LEARNED = /^( {2}# Learned .*\n)(?:.*\n)*?(?= {2}include if exists <local\/(\S+)>$)/gm;
/**
 * In complain mode too, no_new_privs forbids that a program goes on under another profile, which a learning one is: what is
 * started inherits, and the record tells what that was.
 */
const STARTED = ['audit /usr/{bin,sbin}/** ix,'];

/** The file with other learned rules, by profile. */
export function withLearned(file: string, rulesOf: (profile: string) => readonly string[]): string {
  return file.replace(LEARNED, (_, head: string, profile: string) =>
    [head, ...rulesOf(profile).map((rule) => `  ${rule}\n`)].join(''),
  );
}

/** The file as it learns: with the rules that are by hand, everything else allowed and told. */
export function learning(file: string): string {
  return withLearned(file, () => STARTED).replace(/^(profile \S+ flags=\()/gm, '$1complain, ');
}

/** The rules of the profile that `profiler suggest` printed. */
export function rulesIn(suggested: string): string[] {
  const body = /^profile .*\{\n((?:.*\n)*)\}\n/m.exec(suggested)?.[1] ?? '';
  return body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.trim());
}
