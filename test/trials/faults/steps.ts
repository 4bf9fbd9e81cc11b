import { setTimeout as sleep } from 'node:timers/promises';
import { TEAM } from '#test/support/people.ts';
import { figuresOf, type Trial } from '../trial.ts';
import { startFaultFirm, type FaultFirm } from './firm.ts';

const ANA = 'UANARUIZ1';
const LOOK_MS = 20;
/** No act takes as long. */
const PATIENCE_MS = 20_000;
const MOST_STEPS = 400;
const SHORT_STRIDE = 15;
const SAY_EVERY = 10;

/** Something that Ana does; whether Slack was told that it has come. An event shows nobody its ack. */
interface Act {
  name: string;
  run: (firm: FaultFirm, number: string) => Promise<boolean>;
}

const ACTS: readonly Act[] = [
  {
    name: 'a command with a request',
    run: async ({ client }, number) =>
      (await client.command(ANA, TEAM, `/sync policy ${number}`)).ok,
  },
  {
    name: 'a command with an answer',
    run: async ({ client }) => (await client.command(ANA, TEAM, '/sync sources')).ok,
  },
];

/** Policies of hers that nothing waits for. */
const freeNumbers = async ({ db }: FaultFirm): Promise<string[]> =>
  (
    await db
      .selectFrom('policy as p')
      .innerJoin('book as b', 'b.contact_id', 'p.contact_id')
      .innerJoin('person as w', 'w.id', 'b.person_id')
      .innerJoin('product_status as s', 's.name', 'p.status')
      .select('p.number')
      .where('p.carrier_id', '=', 'northbridge-life')
      .where('s.indicator', '=', 'open')
      .where('w.slack_user_id', '=', ANA)
      .execute()
  ).map(({ number }) => number);

const acts = ({ db }: FaultFirm) =>
  db.selectFrom('handled').select(['key', 'claimed_by', 'owed_to']).execute();

const requests = async ({ db }: FaultFirm): Promise<number> =>
  (await db.selectFrom('request').select('id').execute()).length;

/** What stands of an act in the database at the moment that its bot ended. */
const left = async (
  firm: FaultFirm,
  { name, run }: Act,
  number: string,
  nth: number,
): Promise<{ isOver: boolean; problem?: string }> => {
  await firm.db.deleteFrom('handled').execute();
  const before = await requests(firm);
  const bot = await firm.start('bot', nth);
  const acked = await run(firm, number);
  const deadline = performance.now() + PATIENCE_MS;
  let isOver = false;
  for (;;) {
    const seen = await acts(firm);
    isOver = seen.some(({ claimed_by: claim, owed_to: owed }) => claim === null && owed === null);
    if (isOver || bot.hasEnded() || performance.now() > deadline) break;
    await sleep(LOOK_MS);
  }
  await bot.kill();
  const [rows, made] = [await acts(firm), (await requests(firm)) - before];
  const isOwed = rows.some(({ owed_to: owed }) => owed !== null);
  const problem = `${name}, step ${nth}: acknowledged ${acked}, ${made} requests, ${JSON.stringify(rows)}`;
  return { isOver, ...(acked && made === 0 && !isOwed && !isOver ? { problem } : {}) };
};

export const steps: Trial = {
  name: 'steps',
  about: 'The bot ends before and after each statement, call and ack of an act.',
  beside: 'equal',
  run: async ({ short, say }) => {
    const figure = figuresOf('steps');
    await using firm = await startFaultFirm();
    const numbers = await freeNumbers(firm);
    let [ended, lost, nth] = [0, 0, 0];
    for (const act of ACTS)
      for (let at = 1; at <= MOST_STEPS; at += short ? SHORT_STRIDE : 1) {
        const { isOver, problem } = await left(firm, act, numbers[nth % numbers.length] ?? '', at);
        nth += 1;
        if (problem !== undefined) {
          lost += 1;
          say(problem);
        }
        if (isOver) {
          say(`${act.name} has ${at} steps`);
          break;
        }
        ended += 1;
        if (ended % SAY_EVERY === 0)
          say(`${ended} bots ended, the last at step ${at} of ${act.name}`);
      }
    return [
      figure('bots that ended at a step', ended, 'bots', '>=', 1),
      figure('acts acknowledged, of which nothing stands', lost, 'acts', '=', 0),
    ];
  },
};
