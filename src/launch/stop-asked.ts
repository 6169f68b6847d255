/** Signals by which a person or a service manager asks a program to end. */
const STOPS = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'] as const;

export interface StopAsked {
  /** The first such signal that came since. */
  readonly signal: () => NodeJS.Signals | undefined;
  readonly forget: () => void;
}

/** Notes such signals instead of obeying them, until `forget`. */
export function noteStops(): StopAsked {
  let first: NodeJS.Signals | undefined;
  const note = (signal: NodeJS.Signals): void => void (first ??= signal);
  for (const signal of STOPS) process.on(signal, note);
  return {
    signal: () => first,
    forget: () => {
      for (const signal of STOPS) process.off(signal, note);
    },
  };
}
