import { giveAccess, seeAccounts } from '#core/logins/store/access.ts';
import { changeSource } from '#core/logins/login-sources.ts';
import { addStep } from '#features/workflow-step/store.ts';
import { correctNumber, updateStatus } from '#features/corrections/correct.ts';
import { evidenceOf, pauseByHand, resumeByHand } from '#features/carrier-pauses/pauses.ts';
import { openPauseOf } from '#core/sessions/store/pauses.ts';
import { endHold, holdSource, USUAL_HOLD } from '#features/holds/hold.ts';
import { endWish, keepWish } from '#features/home/store.ts';
import { setMeeting } from '#features/meetings/meeting.ts';
import { messageSheet, requestPolicies } from '#features/message-policies/message-policies.ts';
import { teach } from '#features/status-words/teach.ts';
import { pictureOfCase } from '#features/support-cases/evidence.ts';
import {
  askSupport,
  closeCase,
  replyToAdvisor,
  replyToSupport,
} from '#features/support-cases/support-case.ts';
import { acceptValues, rejectValues } from '#features/unconfirmed-values/decide.ts';
import { deliverEvents } from '#features/webhooks/deliver.ts';
import { HOUR, MINUTE } from '#shared/clock.ts';
import { TEAM } from './bot.ts';
import type { Calendar } from './calendar.ts';
import type { YearFirm } from './firm.ts';
import { contactOf, DANA, LEE, numberOf, policyOf, SAM } from './people.ts';
import { CARRIER } from './portals.ts';

/** What people do at one login on one day; its policies are numbered from `first`. */
export interface Scene {
  firm: YearFirm;
  /** How many days were lived before. */
  nth: number;
  sourceId: string;
  first: number;
  /** Another login, linked as well, whose day nobody has begun. */
  other: string;
  calendar: Calendar;
}

/** Looked at for what stands in the tables in the middle of an act. */
export type Look = () => Promise<void>;
type Act = (scene: Scene, look: Look) => Promise<void>;

const want = (what: string, seen: string | undefined, wanted: string): void => {
  if (seen !== wanted) throw new Error(`${what} came to ${seen}, not to ${wanted}`);
};

/** The first policies of a login are the acts' own, each of one, so that none stands in another's way. */
export const ACTED_ON = 15;

/** What is rare happens on one day of so many. */
const MONTH_DAYS = 28;

const policy = ({ first, sourceId }: Scene, nth: number) => ({
  id: policyOf(first + nth),
  number: numberOf(first + nth),
  sourceId,
});

/** A point slips in a value: a person who looked says yes or no, and what is right comes back. */
const holdValues: Act = async (scene, look) => {
  const { firm } = scene;
  const { odd, bot } = firm;
  const one = policy(scene, 0);
  const decide = async (decision: typeof acceptValues): Promise<void> => {
    const { held } = (await firm.ask(one)).item;
    if (held === undefined) throw new Error(`Nothing of ${one.number} is held`);
    await look();
    await decision(bot.deps, DANA, held);
  };
  odd.set(one.number, { kind: 'times', factor: 10 });
  const isAccepted = scene.nth % 2 === 0;
  await decide(isAccepted ? acceptValues : rejectValues);
  odd.delete(one.number);
  if (isAccepted) await decide(acceptValues);
};

const learnWord: Act = async (scene, look) => {
  const { firm, nth } = scene;
  const one = policy(scene, 1);
  firm.odd.set(one.number, { kind: 'word', word: `Dormant ${nth}` });
  const { item } = await firm.ask(one);
  await look();
  const taught = await teach(firm.bot.deps, DANA, { syncId: item.syncId, standing: 'open' });
  want('Teaching a word', taught.kind, 'taught');
  firm.odd.delete(one.number);
};

const correct: Act = async (scene) => {
  const { firm } = scene;
  const { id } = policy(scene, 2);
  const { deps } = firm.bot;
  const row = await firm.store.db
    .selectFrom('policy')
    .select(['number', 'status'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  // It is in no portal under either, so that each looks like a slip of the other.
  const close = `${row.number.slice(0, -1)}${row.number.endsWith('X') ? numberOf(scene.first + 2).slice(-1) : 'X'}`;
  firm.odd.set(row.number, { kind: 'mistyped', close });
  firm.odd.set(close, { kind: 'mistyped', close: row.number });
  const { item } = await firm.ask({ ...policy(scene, 2) });
  if (item.reason === 'number-mismatch') {
    const corrected = await correctNumber(deps, DANA, { syncId: item.syncId, close: 0 });
    want('Correcting a number', corrected.kind, 'corrected');
    if (corrected.kind === 'corrected')
      for (const request of corrected.requests) await deps.show(request);
  }
  const to = row.status === 'In Force' ? 'Pending' : 'In Force';
  const updated = await updateStatus(deps, DANA, { policyId: id, from: row.status, to });
  want('Updating a status', updated.kind, 'updated');
};

const openAndCloseCase: Act = async (scene, look) => {
  const { firm } = scene;
  const { deps } = firm.bot;
  const one = policy(scene, 3);
  firm.odd.set(one.number, { kind: 'changed' });
  const { requestId, item } = await firm.ask(one);
  const { syncId } = item;
  const asked = await askSupport(deps, DANA, { requestId, syncId, note: 'What is this?' });
  want('Asking support', asked.kind, 'opened');
  const { id } = await firm.store.db
    .selectFrom('support_case')
    .select('id')
    .where('sync_id', '=', syncId)
    .executeTakeFirstOrThrow();
  await firm.bot.bringUp();
  want('An answer', await replyToAdvisor(deps, SAM, id, 'We look into it.'), 'done');
  want('An answer back', await replyToSupport(deps, DANA, id, 'Thank you!'), 'done');
  await pictureOfCase(deps, SAM, id);
  await look();
  want('Closing a case', await closeCase(deps, SAM, id), 'done');
  firm.odd.delete(one.number);
};

const pauseCarrier: Act = async (scene, look) => {
  const { firm } = scene;
  const { deps } = firm.bot;
  want('A pause', await pauseByHand(deps, DANA, CARRIER), 'done');
  await firm.begin(policy(scene, 4));
  await firm.session(scene.sourceId);
  await firm.bot.sweep();
  await firm.bot.bringUp();
  const pause = await openPauseOf(firm.store.db, CARRIER);
  want('Its end', await resumeByHand(deps, DANA, pause?.id ?? ''), 'done');
  await look();
  await firm.session(scene.sourceId);
};

/** Five policies of one message meet a page that is not understood: that pauses the carrier by itself. */
const breakAdapter: Act = async (scene, look) => {
  const { firm, nth } = scene;
  const { deps } = firm.bot;
  const five = [5, 6, 7, 8, 9].map((each) => policy(scene, each));
  for (const { number } of five) firm.odd.set(number, { kind: 'changed' });
  const asked = await requestPolicies(deps, DANA, {
    policyIds: five.map(({ id }) => id),
    sources: { [CARRIER]: scene.sourceId },
    origin: { askedIn: TEAM, channel: TEAM },
    dedupeKey: `message ${nth}`,
  });
  want('A message with policies', asked.kind, 'requested');
  await firm.session(scene.sourceId);
  await firm.bot.sweep();
  await firm.bot.bringUp();
  const pause = await openPauseOf(firm.store.db, CARRIER);
  if (pause === undefined) throw new Error('The carrier is not paused');
  await evidenceOf(deps, DANA, pause.id, 'picture');
  await look();
  for (const { number } of five) firm.odd.delete(number);
  firm.time.now += 16 * MINUTE;
  await firm.session(scene.sourceId);
  if ((await openPauseOf(firm.store.db, CARRIER)) !== undefined)
    throw new Error('A probe ended no pause');
};

const meet: Act = async (scene) => {
  const { firm } = scene;
  const { bot, time } = firm;
  const at = time.now + 3 * HOUR;
  const asked = { contactId: contactOf(scene.first + 10), at, zone: 'America/New_York' };
  want('A meeting', (await setMeeting(bot.deps, DANA, asked)).kind, 'set');
  // Past the refresh, the summary and the meeting itself.
  for (let step = 0; step < 5; step += 1) {
    time.now += 50 * MINUTE;
    await bot.sweep();
    await firm.drain();
    await bot.bringUp();
  }
};

const hold: Act = async (scene, look) => {
  const { firm, sourceId } = scene;
  await holdSource(firm.bot.deps, DANA, sourceId, USUAL_HOLD);
  await firm.begin(policy(scene, 11));
  await firm.session(sourceId);
  await look();
  await endHold(firm.bot.deps, DANA, sourceId);
  await firm.session(sourceId);
};

/** A session of the day gives its place to what somebody waits for at another login; now and then its link is cut then. */
const giveWay: Act = async (scene, look) => {
  const { firm, nth, other } = scene;
  await firm.begin(policy(scene, 12));
  await firm.session(other, true);
  await look();
  await firm.session(scene.sourceId);
  if (nth % MONTH_DAYS === 4) {
    const cut = await changeSource(firm.bot.deps, DANA, other, { kind: 'unlink' });
    want('Cutting a link', cut, 'changed');
    await look();
    await firm.bot.sweep();
    await firm.link(other, `browser of day ${nth}`);
  }
  await firm.readAll(other);
};

const runStep: Act = async (scene) => {
  const { firm, nth } = scene;
  const asked = policy(scene, 12);
  const requestId = await firm.begin(asked);
  await addStep(firm.store, `execution ${nth}`, { requestId, policyId: asked.id });
  await firm.session(scene.sourceId);
  await firm.bot.bringUp();
};

const nameNumber: Act = async (scene) => {
  const { number } = policy(scene, 13);
  const sheet = await messageSheet(scene.firm.bot.deps, SAM, [{ number, likely: true }]);
  if (sheet === 'refused' || sheet.found.length !== 1) throw new Error('A number finds nothing');
};

const openHome: Act = async ({ firm }, look) => {
  const wish = { userId: DANA.slackId, state: '{}', at: firm.time.now };
  await keepWish(firm.store, wish);
  await look();
  await endWish(firm.store, wish.userId, wish.at);
};

/** Whoever leaves loses all; an owner gives access back. */
const leave: Act = async (scene, look) => {
  const { firm, sourceId, calendar, nth } = scene;
  if (nth % 14 !== 6) return;
  const { store } = firm;
  const { deps } = firm.bot;
  const share = (people: readonly (typeof LEE & { name: string })[]) =>
    changeSource(deps, DANA, sourceId, { kind: 'share', people });
  want('A share', await share([{ ...LEE, name: LEE.id }]), 'changed');
  await calendar.giveTo(firm, LEE.id);
  await look();
  const seen = (standing: 'deactivated' | 'member') =>
    seeAccounts(store, [{ slackId: LEE.slackId, standing }], 'event');
  for (const changed of await seen('deactivated')) await deps.changed(changed);
  await calendar.read(firm);
  await share([]);
  firm.time.now += MINUTE;
  await seen('member');
  await store.db
    .transaction()
    .execute((trx) => giveAccess(trx, store.clock(), LEE.id, { byId: DANA.id, by: 'owner' }));
};

const meetByCalendar: Act = async ({ firm, calendar }) => calendar.read(firm);

/** By the day of the week. */
const WEEK: readonly (readonly Act[])[] = [
  [meetByCalendar, openHome],
  [meet, nameNumber],
  [holdValues, runStep],
  [openAndCloseCase, correct],
  [pauseCarrier, giveWay],
  [learnWord, hold],
  [leave],
];

export const liveScene = async (scene: Scene, look: Look): Promise<void> => {
  const acts = WEEK[scene.nth % WEEK.length] ?? [];
  for (const act of acts) {
    scene.firm.time.now += 10 * MINUTE;
    await act(scene, look);
    await scene.firm.bot.bringUp();
    await look();
  }
  if (scene.nth % MONTH_DAYS === 2) await breakAdapter(scene, look);
};

/** The subscriber takes what it is sent, but for a few that it never takes: those are given up. */
export const deliverAll = async ({ store }: YearFirm): Promise<void> => {
  await deliverEvents({
    store,
    clock: store.clock,
    send: ({ id }) =>
      Promise.resolve(
        id.endsWith('7') ? { kind: 'refused', problem: 'it answers 500' } : { kind: 'taken' },
      ),
    givenUp: () => Promise.resolve(),
  });
};
