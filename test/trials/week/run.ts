import { policyById } from '#core/policies/store/policies.ts';
import { loginSource } from '#core/logins/store/login-sources.ts';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { producerConnection } from '#queue/connection.ts';
import { createMessageQueue } from '#queue/messages.ts';
import { createSessionQueue } from '#queue/sessions.ts';
import { requestSync } from '#core/requests/request.ts';
import { linkAs } from '#test/support/person-links.ts';
import { checkDigests, type DigestTold } from './digests.ts';
import { SLOTS, type WeekFirm } from './firm.ts';
import { DOWN, END, planWeek, slackIdOf, type Planned } from './plan.ts';
import type { WeekTime } from './time.ts';

/** How often the week's clock beats the firm's heart and sweeps. */
const BEAT_MS = 15 * 60_000;
const PATIENCE_MS = 60_000;
/** How long sessions usually take from one step at a portal to the next. */
const SOON_MS = 4;

/** In this firm a login's name in the files is its id. */
const person = ({ db, sealer }: WeekFirm) => ({
  db,
  sealer,
  sourceId: (id: string) => Promise.resolve(id),
});

/** Waits until every session that runs is at a portal, and nothing waits that a slot could take. */
const settle = async (firm: WeekFirm, time: WeekTime): Promise<void> => {
  const deadline = performance.now() + PATIENCE_MS;
  let [seen, soon] = [-1, 0];
  for (let looks = 0; ; looks += 1) {
    await setImmediate();
    const asleep = time.asleep();
    // Mostly every slot comes back to a portal, one by one, and the queue need not be asked.
    if (asleep !== seen) [seen, soon] = [asleep, performance.now() + SOON_MS];
    if (asleep < SLOTS && performance.now() < soon) continue;
    if (asleep >= SLOTS) return;
    const { active, waiting } = await firm.sessions();
    if (active === asleep && asleep === time.asleep() && (waiting === 0 || active >= SLOTS)) return;
    if (performance.now() > deadline)
      throw new Error(
        `The sessions do not settle: ${active} active, ${asleep} at a portal, ${waiting} waiting.`,
      );
    if (looks > 5) await setTimeout(1);
  }
};

/** Runs the week; the clock goes on only when nobody has anything to do in this moment. */
export const runWeek = async (
  firm: WeekFirm,
  time: WeekTime,
  say: (line: string) => void,
): Promise<{ forces: number; links: number; digests: DigestTold[] }> => {
  await using sessions = createSessionQueue(producerConnection(firm.redisUrl), SLOTS);
  await using messages = createMessageQueue(producerConnection(firm.redisUrl));
  const store = { db: firm.db, clock: time.now };
  const planned = planWeek();
  let [links, forces] = [0, 0];

  const force = async ({ policy }: Extract<Planned, { kind: 'force' }>): Promise<void> => {
    const home = (await policyById(store, policy.id))?.homeSourceId;
    const source = home == null ? undefined : await loginSource(store, home);
    // Somebody whose login is not linked links first: those are the links.
    if (home == null || source?.linked !== true) return;
    const asked = await requestSync(
      {
        store,
        wake: sessions.wake,
        show: messages.show,
        mostForced: 1000,
        openBooks: false,
      },
      { id: 'owner', role: 'owner', active: true },
      {
        policyId: policy.id,
        sourceId: home,
        origin: { askedIn: slackIdOf('owner'), channel: slackIdOf('owner') },
        dedupeKey: `force ${policy.id} ${time.now()}`,
      },
    );
    if (asked.kind === 'requested') forces += 1;
  };

  const act = async (next: Planned): Promise<void> => {
    if (next.kind === 'force') return force(next);
    const { source } = next;
    const row = await loginSource(store, source.id);
    if (row?.linked === true) return;
    await linkAs(person(firm), slackIdOf(source.holder), source.id, false, time.now);
    await sessions.wake(source.id, 'force');
    links += 1;
  };

  const digests: DigestTold[] = [];
  let beatAt = time.now();
  let isUp = true;
  while (time.now() < END) {
    const now = time.now();
    if (isUp && now >= DOWN.from && now < DOWN.to) {
      await firm.stop();
      isUp = false;
      say('Everything of ours is stopped.');
    }
    if (!isUp && now >= DOWN.to) {
      await firm.start();
      isUp = true;
      say('Everything of ours runs again.');
    }
    if (now >= beatAt) {
      beatAt = now + BEAT_MS;
      await firm.bot()?.beat();
      await checkDigests(firm, digests);
      await firm.bot()?.sweep();
    }
    while ((planned[0]?.at ?? END) <= now) {
      const next = planned.shift();
      if (next !== undefined) await act(next);
    }
    if (isUp) await settle(firm, time);
    const next = isUp
      ? Math.min(beatAt, planned[0]?.at ?? END, time.nextWaking() ?? END, END)
      : DOWN.to;
    time.moveTo(Math.max(next, now));
  }
  await settle(firm, time);
  return { forces, links, digests };
};
