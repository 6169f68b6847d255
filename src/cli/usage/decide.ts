import { STAGES } from '../../observe/tally.ts';
import { DATABASE } from '../options.ts';

/** What `allow` and `deny` have in common. */
export const DECIDE_OPTIONS = [
  DATABASE,
  { name: 'exe', kind: 'text', describe: 'program: its name or path' },
  { name: 'why', kind: 'text', describe: 'the reason, for whoever reads the list later' },
  { name: 'stage', kind: 'choice', choices: STAGES, describe: 'only for lists of this stage (default: every stage)' },
  { name: 'remove', kind: 'flag', describe: 'take it back' },
] as const;
