import type { BudgetSettings } from '#slack/budget.ts';
import type { Faults, LocalMessage, LoggedCall } from '#simulator/workspace/protocol.ts';
import { startFirm } from './firm.ts';
import { ANA, TEAM } from './people.ts';
import { scriptPortals } from './scripted-portals.ts';
import { ON_SQLITE, processNames, type Where } from './where.ts';

/** The card of a contact, of this person. */
export const isContactCardOf =
  (person: string, contact: string) =>
  (message: LocalMessage): boolean =>
    message.user === 'USYNCBOT1' &&
    !message.ephemeral &&
    message.threadTs === undefined &&
    message.text.includes(contact) &&
    JSON.stringify(message.blocks).includes(`asked by ${person}`);

/**
 * A contact of forty policies at one linked login, synced to its end; what its thread says. Calls are
 * counted at Slack's own pace: at a quicker one, a slow machine shows more steps.
 */
export const syncForty = async (
  faults: Faults,
  budget: BudgetSettings,
  where?: Where,
): Promise<{ thread: string; calls: LoggedCall[] }> => {
  await using busy = await startFirm({ budget, where });
  const scripted = scriptPortals(busy.facts);
  const trust = await busy.db
    .selectFrom('contact')
    .select('id')
    .where('name', '=', 'Chen Family Trust')
    .executeTakeFirstOrThrow();
  const ids = await busy.db
    .selectFrom('policy as p')
    .innerJoin('login_source as l', 'l.id', 'p.home_source_id')
    .innerJoin('product_status as st', 'st.name', 'p.status')
    .select('p.id')
    .where('l.external_id', '=', 'S-NB-ANA')
    .where('st.indicator', 'in', ['open', 'pending'])
    .orderBy('p.number')
    .limit(40)
    .execute();
  const elsewhere = await busy.db
    .selectFrom('contact')
    .select('id')
    .where('name', '=', 'Margaret Chen')
    .executeTakeFirstOrThrow();
  const move = (from: 'contact_id' | 'id', values: string[], to: string) =>
    busy.db.updateTable('policy').set({ contact_id: to }).where(from, 'in', values).execute();
  await move('contact_id', [trust.id], elsewhere.id);
  await move(
    'id',
    ids.map(({ id }) => id),
    trust.id,
  );
  // The portal shows one amount for all: without a history none is unlikely.
  await busy.db.deleteFrom('policy_value').execute();
  await busy.client.faults(faults);
  const before = (await busy.client.calls()).length;
  await busy.client.command(ANA, TEAM, '/sync contact chen family trust');
  await busy.client.waitForModal(ANA);
  await busy.client.submit(ANA);
  for (const name of processNames('worker', (where ?? ON_SQLITE).workers))
    await busy.work(scripted.portals, { name });
  const card = await busy.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: 'the card of forty',
    that: isContactCardOf('Ana Ruiz', 'Chen Family Trust'),
  });
  await busy.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    thread: card.ts,
    what: 'the closing reply',
    that: (message) => message.threadTs === card.ts && message.text.includes('40 synced'),
    ms: 60_000,
  });
  await busy.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: 'the ended card',
    that: (message) => message.ts === card.ts && message.text.includes('40 synced'),
  });
  const calls = (await busy.client.calls()).slice(before);
  const thread = await busy.client.transcript(ANA, TEAM, card.ts);
  return { thread: thread.replaceAll(/\d+:\d+ [AP]M(, edited)?/g, 'then'), calls };
};
