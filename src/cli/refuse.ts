import { UsageError } from '../errors.ts';

/** Throws a UsageError for the first of these options that was given. */
export function refuse(
  args: Readonly<Record<string, unknown>>,
  options: readonly { readonly name: string }[],
  why: string,
): void {
  const given = options.find(({ name }) => args[camel(name)] !== undefined);
  if (given) throw new UsageError(`--${given.name} ${why}`);
}

function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
