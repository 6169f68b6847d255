import type { Verification } from '../app/verify/verify.ts';
import { type Denial, replayText } from '../replay/replay.ts';

/** What a person is told of a verification, a line each; the first is the verdict. */
export function verifyText(file: string, verification: Verification): readonly string[] {
  const { format, exe, stage, runs, replay, unknown, openAbis, remarks } = verification;
  const evidence = `${runs} ${runs === 1 ? 'run' : 'runs'} of ${exe}, stage ${stage}`;
  return [
    `${file}: ${format}, against ${evidence}: ${replayText(replay)}`,
    ...calls('would be denied, and was seen', replay.denied),
    ...calls('conditional, and was seen', replay.conditional),
    ...names('allowed, and never seen', replay.neverSeen, 12),
    ...neededLines(verification),
    ...names('no system call that is known here', unknown.here),
    ...names("not known to this machine's libseccomp, so denied where it loads the filter", unknown.libseccomp ?? []),
    ...(openAbis.length > 0
      ? [`  open on another ABI: ${openAbis.map(({ abi, calls: open }) => `${abi} (${open} calls)`).join(', ')}`]
      : []),
    ...stageLines(verification),
    ...remarks.map((remark) => `  ${remark}`),
  ];
}

function calls(title: string, denials: readonly Denial[]): readonly string[] {
  if (denials.length === 0) return [];
  return [`  ${title}: ${denials.map(({ name, nr, count }) => `${name ?? nr} (${count})`).join(', ')}`];
}

function names(title: string, list: readonly string[], most = Number.POSITIVE_INFINITY): readonly string[] {
  if (list.length === 0) return [];
  const more = list.length > most ? ` and ${list.length - most} more` : '';
  return [`  ${title}: ${list.length}: ${list.slice(0, most).join(', ')}${more}`];
}

function neededLines({ needed }: Verification): readonly string[] {
  const [first] = needed;
  return first
    ? [`  denied, and may be needed to start: ${needed.map(({ name }) => name).join(', ')}: ${first.why}`]
    : [];
}

function stageLines({ stage, wantedStage }: Verification): readonly string[] {
  if (wantedStage === undefined || stage === wantedStage || stage === 'launcher') return [];
  return [`  the filter would be over the program's whole start, which evidence of stage ${stage} does not show`];
}
