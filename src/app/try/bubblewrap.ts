import { consumer, type Trial, type TrialRequest } from './plan.ts';

/** By bwrap, with this system's own root and without a pid namespace, whose init would be under the filter too. */
export function tryByBubblewrap({ argv, env, emission }: TrialRequest): Trial {
  const args = ['--dev-bind', '/', '/', '--seccomp', '3', ...argv];
  return { path: consumer('bwrap', env), args, env, input: emission.bytes };
}
