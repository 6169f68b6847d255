import { type AbiName, abiOf, syscallName } from '../kernel/abi.ts';

/** A call as the kernel logs it. */
export interface Call {
  readonly archToken: number;
  readonly nr: number;
}

/** `conditional`: it depends on arguments, capabilities or a supervisor, of which nothing is known here. */
export type Verdict = 'allow' | 'conditional' | 'deny';

/** What a document, whatever its format, does with calls. */
export interface Filter {
  readonly verdict: (call: Call) => Verdict;
  /** Names of system calls that the document gives, as they stand there, each once; none for a compiled program. */
  readonly names: readonly string[];
  /** What a reader should know of the document that no verdict tells, a line each. */
  readonly remarks: readonly string[];
}

/** One entry of a list by name or decimal number; a later one of the same call is weighed with it. */
export interface Entry {
  readonly call: string;
  readonly verdict: Verdict;
}

export interface Named {
  readonly entries: readonly Entry[];
  /** What meets a call that no entry names, on these ABIs. */
  readonly otherwise: Verdict;
  readonly abis: ReadonlySet<AbiName>;
  /** What meets any call on another ABI. */
  readonly elsewhere: Verdict;
  readonly remarks?: readonly string[];
}

/** The filter of a document that lists calls by name. */
export function namedFilter({ entries, otherwise, abis, elsewhere, remarks = [] }: Named): Filter {
  const verdicts = new Map<string, Verdict>();
  for (const { call, verdict } of entries) verdicts.set(call, weighed(verdicts.get(call), verdict));
  return {
    verdict: ({ archToken, nr }) => {
      const abi = abiOf(archToken, nr);
      if (!abi || !abis.has(abi.abi)) return elsewhere;
      const name = syscallName(archToken, nr);
      return (name === undefined ? undefined : verdicts.get(name)) ?? verdicts.get(String(nr)) ?? otherwise;
    },
    names: [...verdicts.keys()].filter((call) => !/^\d+$/.test(call)),
    remarks,
  };
}

/** Two entries that disagree are for different arguments, or their loader decides. */
function weighed(before: Verdict | undefined, next: Verdict): Verdict {
  return before === undefined || before === next ? next : 'conditional';
}
