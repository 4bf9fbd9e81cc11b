import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { migrations } from '#db/migrations/index.ts';
import { RELEASE_BEFORE } from '#db/release-before.ts';

/** The program of one release, in a folder of its own; it uses the packages of this one. */
export interface Tree {
  folder: string;
  /** A commit, or what it was made of. */
  of: string;
  /** It starts on a database that the release after it has brought up to date. */
  mayComeBack: boolean;
}

const HERE = join(import.meta.dirname, '../../..');
const LIST = 'db/migrations/index.ts';
/** What a trial runs in a tree is of today, whatever the tree had. */
const OF_TODAY = [
  'test/trials/faults/child.ts',
  'test/trials/faults/protocol.ts',
  'test/trials/faults/remote-portals.ts',
  'test/trials/upgrade/seed.ts',
];
const PROGRAM = ['package.json', 'src', 'db', 'carriers'];

/** What git says, or undefined where there is no history, as in an export. */
const git = (...words: string[]): string | undefined => {
  const { status, stdout } = spawnSync('git', words, { cwd: HERE, encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
};

const namesIn = (list: string): string[] =>
  [...list.matchAll(/^ {2}'(\d{4}-[\w-]+)':/gm)].map(([, name = '']) => name);

/** The last commit whose migrations are those of the release before. */
const commitBefore = (): string | undefined => {
  const wanted = Object.keys(migrations).filter((name) => name <= RELEASE_BEFORE);
  let later: string | undefined;
  for (const commit of git('log', '--format=%H', '--', LIST)?.split('\n') ?? []) {
    const names = namesIn(git('show', `${commit}:${LIST}`) ?? '');
    if (names.length > 0 && names.join() === wanted.join())
      return later === undefined ? commit : git('rev-parse', `${later}^`);
    later = commit;
  }
  return undefined;
};

const emptyTree = (stack: DisposableStack): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sync-release-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true, maxRetries: 10 }));
  symlinkSync(join(HERE, 'node_modules'), join(folder, 'node_modules'));
  return folder;
};

const bringToday = (folder: string): void => {
  for (const file of OF_TODAY) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(HERE, file), join(folder, file));
  }
};

/** The release before this one, or that of a given commit; undefined where no history has it. */
export const releaseBefore = (stack: DisposableStack, given?: string): Tree | undefined => {
  const commit =
    given === undefined ? commitBefore() : git('rev-parse', '--verify', `${given}^{commit}`);
  if (commit === undefined) return undefined;
  const folder = emptyTree(stack);
  const packed = execFileSync('git', ['archive', commit, ...PROGRAM], {
    cwd: HERE,
    maxBuffer: 2 ** 28,
  });
  execFileSync('tar', ['-x', '-C', folder], { input: packed });
  bringToday(folder);
  return {
    folder,
    of: git('log', '-1', '--format=%h "%s"', commit) ?? commit,
    mayComeBack: existsSync(join(folder, 'db/release-before.ts')),
  };
};

/** This release. */
export const thisRelease = (): Tree => ({ folder: HERE, of: 'this release', mayComeBack: true });

/** What a release may add: a table, columns of the busiest one, and an index beside its writers. */
const NEXT = `
const run = (...statements: string[]) => async (db: never): Promise<void> => {
  for (const statement of statements) await sql.raw(statement).execute(db);
};
Object.assign(postgresMigrations, {
  '9001-next': { up: run(
    'create table next_thing (id text primary key, sync_id text not null)',
    'alter table sync add column next_note text',
    "alter table request add column next_word text not null default 'none'",
    'alter table login_lease add column next_at bigint') },
  '9002-next-index': { isAlone: true, up: run(
    'drop index concurrently if exists sync_next',
    'create index concurrently sync_next on sync (next_note, id)') },
});
`;

/** A release after this one that is made up for the trial: it needs no history. */
export const releaseAfter = (stack: DisposableStack): Tree => {
  const folder = emptyTree(stack);
  for (const part of PROGRAM) cpSync(join(HERE, part), join(folder, part), { recursive: true });
  bringToday(folder);
  appendFileSync(join(folder, 'db/postgres/index.ts'), NEXT);
  const newest = Object.keys(migrations).toSorted().at(-1) ?? '';
  const before = join(folder, 'db/release-before.ts');
  writeFileSync(before, readFileSync(before, 'utf8').replace(`'${RELEASE_BEFORE}'`, `'${newest}'`));
  return { folder, of: 'a made-up next release', mayComeBack: true };
};
