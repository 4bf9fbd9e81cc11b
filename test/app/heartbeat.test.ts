import { KEPT } from '#test/support/kept.ts';
import { markHandled } from '#slack/store/acts.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '#database/connection.ts';
import { openTestFile } from '#test/support/database.ts';
import { heartbeat } from '#app/schedule.ts';
import type { DailyTask } from '#shared/schedule.ts';
import { tidy, tidyTask } from '#app/tidy.ts';

const MORNING = Date.parse('2026-11-20T08:00:00-05:00');
const DAY = 86_400_000;
const time = { now: MORNING };
const clock = (): number => time.now;
const failures: string[] = [];
const done: string[] = [];
let folder: string;
let db: Database;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'heartbeat-'));
  db = await openTestFile(join(folder, 'firm.db'));
});
afterAll(async () => {
  await db.destroy();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  time.now = MORNING;
  failures.length = 0;
  done.length = 0;
  await db.deleteFrom('task_run').execute();
});

const task = (run: DailyTask['run']): DailyTask => ({
  name: 'digest',
  schedule: { zone: 'America/New_York', at: '07:30', days: 'every' },
  run,
});
const beat = (run: DailyTask['run']): Promise<void> =>
  heartbeat({ db, clock }, [task(run)], (name) => void failures.push(name));
const good = (day: string): Promise<void> => {
  done.push(day);
  return Promise.resolve();
};

describe('a task of the day', () => {
  it('is done once, however often and from however many processes the heart beats', async () => {
    await Promise.all([beat(good), beat(good)]);
    await beat(good);
    expect(done).toEqual(['2026-11-20']);
    time.now += DAY;
    await beat(good);
    expect(done).toEqual(['2026-11-20', '2026-11-21']);
  });

  it('that failed is begun again once its claim has grown old', async () => {
    await beat(() => Promise.reject(new Error('the channel is away')));
    await beat(good);
    expect({ failures, done }).toEqual({ failures: ['digest'], done: [] });
    time.now += 11 * 60_000;
    await beat(good);
    expect(done).toEqual(['2026-11-20']);
  });

  it('is done again when a clock that stood years ahead is right again', async () => {
    time.now = MORNING + 1000 * DAY;
    await beat(good);
    time.now = MORNING;
    await beat(good);
    time.now += DAY;
    await beat(good);
    expect(done).toEqual(['2029-08-16', '2026-11-20', '2026-11-21']);
  });

  it.each([
    ['skips an hour', '2027-03-14'],
    ['has an hour twice', '2027-11-07'],
  ])('is done once in a night that %s, whatever its hour', async (_what, night) => {
    const hours = ['00:30', '01:30', '02:00', '02:30', '03:00', '03:30'];
    const tasks = hours.map((at) => ({
      name: at,
      schedule: { zone: 'America/New_York', at, days: 'every' as const },
      run: (day: string) => good(`${day} ${at}`),
    }));
    const midnight = Date.parse(`${night}T00:00:00-05:00`) - 2 * 3_600_000;
    for (let minutes = 0; minutes < 26 * 60; minutes += 10) {
      time.now = midnight + minutes * 60_000;
      await heartbeat({ db, clock }, tasks, (name) => void failures.push(name));
    }
    expect(done.filter((each) => each.startsWith(night)).toSorted()).toEqual(
      hours.map((at) => `${night} ${at}`),
    );
    expect(failures).toEqual([]);
  });

  it('whose claim cannot be written does not keep the next one from its turn', async () => {
    await sql`create trigger broken_claim before insert on task_run when new.task = 'digest'
      begin select raise(abort, 'this row cannot be written'); end`.execute(db);
    const tasks = [task(good), { ...task(good), name: 'tidy' }];
    await heartbeat({ db, clock }, tasks, (name) => void failures.push(name));
    await sql`drop trigger broken_claim`.execute(db);
    expect({ failures, done }).toEqual({ failures: ['digest'], done: ['2026-11-20'] });
  });
});

describe('the night', () => {
  const logged: string[] = [];
  const night = (): Promise<void> =>
    heartbeat(
      { db, clock },
      [
        task(good),
        tidyTask(
          {
            store: { db, clock },
            clock,
            zone: 'America/New_York',
            log: (line) => void logged.push(line),
          },
          KEPT,
        ),
      ],
      (name) => void failures.push(name),
    );
  const mark = (key: string): Promise<unknown> =>
    markHandled({ db }, key, { by: 'bot', at: clock() });
  const kept = async (): Promise<string[]> =>
    (await db.selectFrom('handled').select('key').orderBy('key').execute()).map(({ key }) => key);

  beforeEach(async () => {
    logged.length = 0;
    await db.deleteFrom('handled').execute();
    time.now = MORNING - 5 * DAY;
    await mark('old');
    time.now = MORNING - DAY;
    await night();
    await mark('young');
    logged.length = 0;
    time.now = MORNING;
  });

  it('forgets what is old', async () => {
    await night();
    expect(await kept()).toEqual(['young']);
    expect(logged).toEqual([]);
  });

  it('forgets nothing by a clock that stands years ahead, however often it does', async () => {
    await night();
    for (const days of [1000, 1001, 1002]) {
      time.now = MORNING + days * DAY;
      await night();
      await night();
      expect(await kept()).toEqual(['young']);
      expect(logged.splice(0)).toEqual([
        expect.stringMatching(/^Nothing was forgotten tonight: the clock says 20(29|28)-/),
      ]);
      time.now = MORNING;
      await night();
    }
    time.now = MORNING + 4 * DAY;
    await night();
    expect(await kept()).toEqual([]);
  });

  it('goes on with the next one after a longer time off', async () => {
    time.now = MORNING + 20 * DAY;
    await night();
    expect(await kept()).toEqual(['old', 'young']);
    time.now += DAY;
    await night();
    expect(await kept()).toEqual([]);
    expect(failures).toEqual([]);
  });
});

it('a class that cannot be tidied is named, tried again, and keeps no other from being tidied', async () => {
  const store = { db, clock };
  time.now = MORNING - 4 * DAY;
  await markHandled(store, 'old', { by: 'bot', at: store.clock() });
  time.now = MORNING - 100 * DAY;
  await beat(good);
  time.now = MORNING;
  await sql`create trigger broken_sight before delete on handled
    begin select raise(abort, 'this row cannot be deleted'); end`.execute(db);
  await expect(tidy({ store, clock }, KEPT)).rejects.toThrow('tried again: sights');
  expect(await db.selectFrom('task_run').selectAll().execute()).toEqual([]);
  await sql`drop trigger broken_sight`.execute(db);
  await tidy({ store, clock }, KEPT);
  expect(await db.selectFrom('handled').selectAll().execute()).toEqual([]);
});

it('tidying forgets events that Slack no longer repeats, and keeps the others', async () => {
  const store = { db, clock };
  time.now = MORNING - 4 * DAY;
  for (let n = 0; n < 1001; n += 1)
    await markHandled(store, `old ${n}`, { by: 'bot', at: store.clock() });
  time.now = MORNING;
  await markHandled(store, 'new', { by: 'bot', at: store.clock() });
  await tidy({ store, clock }, KEPT);
  expect(await db.selectFrom('handled').select('key').execute()).toEqual([{ key: 'new' }]);
});
