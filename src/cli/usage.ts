/** An option of a command. All but a flag want a value; `--no-children` is an option of that name. */
export type Option = {
  readonly name: string;
  readonly describe: string;
  /** Understood, but neither in the help nor completed. */
  readonly hidden?: true;
} & (
  | { readonly kind: 'flag' | 'text' | 'number' | 'list' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
);

/** All that is known of a command without its code: its parser, its help and its completion are made from this one table. */
export interface Usage {
  /**
   * Begins with the command's name: `suggest`, with positionals as in `import <file..>` (`<one>`, `[maybe]`; parse.ts
   * reads them from here). A command that runs CMD (registry.ts: runsCommand) writes `observe [options] [--] CMD…`.
   */
  readonly synopsis: string;
  readonly describe: string;
  readonly examples: readonly (readonly [command: string, what: string])[];
  /** --help is not among them: every command has it. */
  readonly options: readonly Option[];
}

/** What run() gets for these options: a dashed name comes in camel case, an option that was not given not at all. */
export type ArgsOf<U extends Usage> = { readonly [O in U['options'][number] as Camel<O['name']>]?: Value<O> };

type Value<O extends Option> = O extends { readonly kind: 'choice'; readonly choices: readonly (infer Choice)[] }
  ? Choice
  : { flag: boolean; text: string; number: number; list: readonly string[]; choice: never }[O['kind']];

type Camel<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${First}${Capitalize<Camel<Rest>>}`
  : Name;
