import { ABIS } from '../../kernel/tables.gen.ts';
import { STAGES } from '../../observe/tally.ts';
import { POINTS } from '../../profile/point.ts';
import { TRUSTS } from '../../record/trust.ts';
import { CLOSURE, DATABASE } from '../options.ts';

/** Which list is meant: what `suggest` and `explain` have in common. */
export const LIST_OPTIONS = [
  DATABASE,
  { name: 'exe', kind: 'text', describe: 'program: its name or path' },
  {
    name: 'stage',
    kind: 'choice',
    choices: STAGES,
    describe: 'where the filter will begin; default: as in the newest run',
  },
  {
    name: 'point',
    kind: 'choice',
    choices: POINTS,
    describe: 'who will load the filter; all but preload take what was seen from execve on (default: by the stage)',
  },
  CLOSURE,
  { name: 'name', kind: 'text', describe: 'only runs of this name' },
  { name: 'run', kind: 'list', describe: 'only these runs, by id' },
  { name: 'no-children', kind: 'flag', describe: 'leave out calls of programs that it starts' },
  {
    name: 'trust',
    kind: 'choice',
    choices: TRUSTS,
    describe: 'least trust of records that widen the list (default: file)',
  },
  {
    name: 'abi',
    kind: 'choice',
    choices: ABIS.map(({ abi }) => abi),
    describe: "ABI that the list is for (default: this machine's)",
  },
] as const;
