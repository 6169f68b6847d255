import { RefusedError } from '../../errors.ts';
import { elfOfFile } from '../../launch/file.ts';
import { nativePart } from '../../launch/native.ts';
import { planLaunch } from '../../launch/plan.ts';
import { inspectProgram } from '../../launch/program.ts';
import { whyLaunchFails } from '../../launch/prove.ts';
import { launchEnv } from '../../launch/run.ts';
import { allowlist } from '../../render/env.ts';
import type { Trial, TrialRequest } from './plan.ts';

/** By libsandbox.so or sandboxify, as the evidence's stage is. */
export function tryByLibrary({ argv, env, profile }: TrialRequest): Trial {
  const { stage } = profile.policy;
  if (stage === 'unknown') throw new RefusedError('--try: nothing tells where the filter begins: want --stage');
  const caller = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
  const request = {
    program: inspectProgram(argv[0] ?? '', env, caller),
    argv,
    stage,
    mode: 'enforce',
    allow: allowlist(profile),
    libsandbox: nativePart('libsandbox.so'),
    sandboxify: nativePart('sandboxify'),
    nativeToken: elfOfFile(process.execPath).archToken,
    preloaded: env['LD_PRELOAD'],
  } as const;
  const launch = planLaunch(request);
  const cause = launch.kind === 'refused' ? launch.cause : whyLaunchFails(launch, request);
  if (cause !== undefined || launch.kind === 'refused') throw new RefusedError(`--try: ${argv[0]} ${cause}`);
  const [argv0 = launch.path, ...args] = launch.argv;
  return { path: launch.path, argv0, args, env: launchEnv(launch, env) };
}
