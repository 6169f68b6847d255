/** Who may import whom: the picture in ARCHITECTURE.md, kept by machine. Each rule says its reason. */
const PURE = ['kernel', 'record', 'observe', 'profile', 'apparmor', 'render'];
const EDGES = ['source', 'store', 'launch', 'config'];

/** `room` may import itself, the rooms listed, and src/errors.ts. */
const room = (name, may, comment) => ({
  name: `${name}-imports`,
  severity: 'error',
  comment,
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: `^src/(errors\\.ts$|(${[name, ...may].join('|')})/)` },
});

export default {
  forbidden: [
    room('kernel', [], 'Facts stand on nothing.'),
    room('record', ['kernel'], 'A record keeps what the kernel said; it needs only the tables.'),
    room('observe', ['kernel', 'record'], 'Observations are made of records.'),
    room('profile', ['kernel', 'record', 'observe', 'store'], 'A profile is made of tallies; of the store it takes types alone (next rule).'),
    room('apparmor', ['record', 'observe'], 'Rules are made of accesses.'),
    room('render', ['kernel', 'record', 'observe', 'profile', 'apparmor'], 'A format shows a profile.'),
    room('replay', ['kernel', 'record', 'observe', 'profile', 'render'], 'A reader takes what a renderer wrote.'),
    room('source', ['record', 'observe'], 'An edge does not know the other edges.'),
    room('store', ['record', 'observe', 'profile'], 'An edge does not know the other edges.'),
    room('launch', ['kernel', 'record', 'observe', 'profile', 'render'], 'An edge does not know the other edges.'),
    room('config', ['record', 'observe', 'profile'], 'An edge does not know the other edges.'),
    room('app', [...PURE, 'replay', ...EDGES], 'Use cases know neither yargs nor the terminal: cli is above them.'),
    room('daemon', [...PURE, 'replay', ...EDGES, 'app'], 'A program of its own: it knows no command line.'),
    room('cli', [...PURE, 'replay', ...EDGES, 'app', 'daemon'], 'The top floor.'),
    {
      name: 'books-below',
      severity: 'error',
      comment: 'Import and ingest keep the same books, which know neither.',
      from: { path: '^src/app/books/' },
      to: { path: '^src/app/', pathNot: '^src/app/books/' },
    },
    {
      name: 'store-types-only',
      severity: 'error',
      comment: 'The pure core may name what the store keeps, never call the store.',
      from: { path: '^src/(record|observe|profile|apparmor|render)/' },
      to: { path: '^src/store/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'pure-core',
      severity: 'error',
      comment: 'The core holds no clock, file, log or environment: values in, values out.',
      from: { path: `^src/(${PURE.join('|')})/`, pathNot: '^src/kernel/generate\\.ts$' },
      to: { dependencyTypes: ['core', 'npm'], pathNot: '^(node:)?(buffer|string_decoder|util)$' },
    },
    {
      name: 'pure-replay',
      severity: 'error',
      comment: 'Readers are as pure as the core; what they read is described by schemas and may be YAML.',
      from: { path: '^src/replay/' },
      to: { dependencyTypes: ['core', 'npm'], pathNot: '^node_modules/(zod|yaml)/' },
    },
    {
      name: 'yargs-in-cli',
      severity: 'error',
      comment: 'Only the command line parses arguments.',
      from: { path: '^src/', pathNot: '^src/cli/' },
      to: { path: 'node_modules/(@types/)?yargs' },
    },
    {
      name: 'pino-in-daemon',
      severity: 'error',
      comment: 'Only a program that runs by itself logs; the others speak to a person.',
      from: { path: '^src/', pathNot: '^src/daemon/' },
      to: { path: 'node_modules/pino' },
    },
    { name: 'no-cycles', severity: 'error', comment: 'A cycle is one room pretending to be two.', from: { path: '^src/' }, to: { circular: true } },
    { name: 'no-orphans', severity: 'error', comment: 'A file nobody imports is dead.', from: { orphan: true, path: '^src/', pathNot: '^src/(kernel/generate|cli/bin)\\.ts$|\\.d\\.ts$' }, to: {} },
    { name: 'resolvable', severity: 'error', comment: 'An import must lead somewhere.', from: { path: '^src/' }, to: { couldNotResolve: true } },
    {
      name: 'tests-stay-out',
      severity: 'error',
      comment: 'What is shipped does not need what is only installed for tests.',
      from: { path: '^src/', pathNot: '^src/kernel/generate\\.ts$' },
      to: { path: '^test/', dependencyTypes: ['npm-dev'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
