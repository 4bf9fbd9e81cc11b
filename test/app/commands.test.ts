import { Writable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import { format } from 'date-fns/format';
import { parseISO } from 'date-fns/parseISO';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { lastValuedDay } from '#shared/calendar.ts';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { runAudit } from '#cli/audit.ts';
import { answerTo, askFor, closingOf, isCardOf, startFirm } from '#test/support/firm.ts';
import { ANA, BEN, MARCUS, OLIVIA, TEAM } from '#test/support/people.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

const LONG = 20_000;

const { firm, at } = useScriptedFirm({ works: true });

const answer = async (as: string, command: string, words: string): Promise<LocalMessage> => {
  await firm.client.command(as, TEAM, command);
  return answerTo(firm, as, TEAM, words);
};

/** The same message, once it says this. */
const follows = (as: string, { ts }: LocalMessage, words: string): Promise<LocalMessage> =>
  firm.client.waitForMessage({
    as,
    channel: TEAM,
    what: `an answer that says "${words}"`,
    that: (message) => message.ts === ts && JSON.stringify(message).includes(words),
  });

const roleOf = async (slackId: string): Promise<string | undefined> =>
  (
    await firm.db
      .selectFrom('person')
      .select('role')
      .where('slack_user_id', '=', slackId)
      .executeTakeFirst()
  )?.role;

it('says that nothing runs, and what is unlinked', async () => {
  const idle = await answer(ANA, '/sync status', 'No sync of yours is running or waiting');
  expect(JSON.stringify(idle)).toContain('4 of your 6 login sources are unlinked');
});

it(
  'says what of mine runs, waits and needs a person, with buttons, and follows a Cancel',
  async () => {
    at.pause('00123-4567');
    const running = await askFor(
      firm,
      ANA,
      TEAM,
      '/sync policy 00123-4567',
      isCardOf(ANA, '00123-4567'),
    );
    await expect.poll(() => at.held(), { timeout: LONG }).toContain('00123-4567');
    await askFor(firm, ANA, TEAM, '/sync policy 00312-9085', isCardOf(ANA, '00312-9085'));
    const status = await answer(ANA, '/sync status', '1 running, 1 waiting');
    const drawn = await firm.client.transcript(ANA, TEAM);
    expect(drawn).toContain('In progress  Reading the policy at Northbridge Life.');
    await firm.client.click({ as: ANA, channel: TEAM, ts: status.ts, actionId: 'status-cancel' });
    await follows(ANA, status, '*Your syncs now*  1 running');
    at.release('00123-4567');
    await closingOf(firm, ANA, TEAM, running);
    await firm.client.click({ as: ANA, channel: TEAM, ts: status.ts, actionId: 'status-refresh' });
    await follows(ANA, status, 'No sync of yours is running or waiting');
    // Another person's work is not in it.
    await answer(BEN, '/sync status', 'No sync of yours is running or waiting');
  },
  3 * LONG,
);

it('tells everybody who is who, and lets only an owner change it', async () => {
  const hers = await answer(ANA, '/sync team', 'Your team');
  expect(JSON.stringify(hers.blocks)).toContain(`<@${OLIVIA}>`);
  expect(JSON.stringify(hers.blocks)).not.toContain('team-change');
  const owners = await answer(OLIVIA, '/sync team', 'Your team');
  expect(JSON.stringify(owners.blocks)).toContain('audit.csv');

  await firm.client.click({ as: OLIVIA, channel: TEAM, ts: owners.ts, actionId: 'team-change' });
  await firm.client.waitForModal(OLIVIA);
  await firm.client.submit(OLIVIA, { person: { person: BEN }, role: { role: 'manager' } });
  await firm.client.waitForModal(OLIVIA, (view) => JSON.stringify(view).includes('is now manager'));
  expect(await roleOf(BEN)).toBe('manager');
  await firm.client.closeModal(OLIVIA);
  await follows(OLIVIA, owners, 'Managers');
  const changes = await firm.db
    .selectFrom('audit')
    .select(['action', 'detail'])
    .where('subject_type', '=', 'person')
    .where('person_id', 'is not', null)
    .execute();
  expect(changes).toEqual([
    { action: 'team.role-changed', detail: JSON.stringify({ from: 'advisor', to: 'manager' }) },
  ]);
});

it('keeps the last owner, and takes no guest into the firm', async () => {
  const owners = await answer(OLIVIA, '/sync team', 'Your team');
  await firm.client.click({ as: OLIVIA, channel: TEAM, ts: owners.ts, actionId: 'team-change' });
  await firm.client.waitForModal(OLIVIA, (view) => view.callback_id === 'change-role');
  await firm.client.submit(OLIVIA, { person: { person: OLIVIA }, role: { role: 'advisor' } });
  const last = await firm.client.waitForModal(OLIVIA, ({ errors }) => errors !== undefined);
  expect(last.errors?.['person']).toContain('last owner');
  await firm.client.submit(OLIVIA, { person: { person: 'UGWENGST1' }, role: { role: 'advisor' } });
  const guest = await firm.client.waitForModal(
    OLIVIA,
    ({ errors }) => errors?.['person']?.includes('guest') === true,
  );
  expect(guest.errors?.['person']).toContain('full member');
  expect(await roleOf(OLIVIA)).toBe('owner');
  expect(await roleOf('UGWENGST1')).toBeUndefined();
  await firm.client.closeModal(OLIVIA);
});

it('makes the first owner of the Slack workspace the first owner of a firm without one', async () => {
  await firm.db
    .updateTable('person')
    .set({ role: 'advisor' })
    .where('role', '=', 'owner')
    .execute();
  await answer(MARCUS, '/sync team', 'There is no owner yet');
  expect(await roleOf(MARCUS)).toBe('manager');
  const owners = await answer(OLIVIA, '/sync team', 'Change a role');
  expect(owners.ephemeral).toBe(true);
  expect(await roleOf(OLIVIA)).toBe('owner');
});

it("shows a policy's history to who may see it, and writes down that they did", async () => {
  const history = await answer(ANA, '/sync history 00123-4567', 'Values over time');
  const drawn = await firm.client.transcript(ANA, TEAM);
  expect(drawn).toContain('asked by Ana Ruiz');
  expect(drawn).toContain('$412,812.00');
  const newest = format(parseISO(lastValuedDay(firm.clock())), 'MMM d, yyyy');
  expect(history.text).toContain(`$412,812.00 on ${newest}`);
  const views = () =>
    firm.db
      .selectFrom('audit as a')
      .innerJoin('person as p', 'p.id', 'a.person_id')
      .select('p.name')
      .where('a.action', '=', 'policy.history-viewed')
      .execute();
  expect(await views()).toEqual([{ name: 'Ana Ruiz' }]);
  const several = await answer(ANA, '/sync history chen', 'Which one?');
  await firm.client.click({ as: ANA, channel: TEAM, ts: several.ts, actionId: 'history-of:0' });
  await follows(ANA, several, 'Values over time');
  await firm.client.command(ANA, 'CSHARED01', '/sync history 00123-4567');
  await answerTo(firm, ANA, 'CSHARED01', 'Ask me in a direct message');
});

it('names no client in a channel that is shared with another company, whatever is typed there', async () => {
  const typed = [
    'status',
    'report',
    'digest',
    'history chen',
    'policy chen',
    'contact chen',
    'show case 1',
    'meetings',
    'chen',
    'sync chen',
    'chen before friday 3pm',
    'contact chen before friday 3pm',
    '00123-4568',
    '00123-4568 and 00312-9086',
    'polcy chen',
  ];
  const shared = () => firm.client.messages(ANA, 'CSHARED01');
  const isRefusal = ({ text }: LocalMessage): boolean =>
    text.includes('Ask me in a direct message');
  for (const words of typed) {
    const before = (await shared()).filter(isRefusal).length;
    await firm.client.command(ANA, 'CSHARED01', `/sync ${words}`);
    await firm.client.waitFor({
      as: ANA,
      what: `a refusal of ${words}`,
      read: async () => ((await shared()).filter(isRefusal).length > before ? true : undefined),
    });
  }
  // A window is the person's own, and a card goes elsewhere; a mention has neither.
  await firm.client.post(ANA, 'CSHARED01', '<@USYNCBOT1> 00123-4567');
  await answerTo(firm, ANA, 'CSHARED01', 'The card is in our direct messages');
  const all = JSON.stringify(await shared());
  expect(all).not.toContain('Chen');
  expect(all).not.toContain('00312-9085');
});

it('gives the totals of the own book, and the way to the report', async () => {
  const hers = await answer(ANA, '/sync report', 'Your book');
  expect(hers.text).toMatch(/Your book {2}\d+ policies/);
  expect(JSON.stringify(hers.blocks)).toContain('slack://app?team=THARBOR01&id=ASYNCBOT1&tab=home');
  const whole = await answer(MARCUS, '/sync report', 'The whole firm');
  expect(whole.text).toContain('200 policies');
});

it('exports the audit as CSV, with names, and with no formula in it', async () => {
  const source = await firm.sourceId('S-NB-ANA');
  await firm.db
    .updateTable('login_source')
    .set({ name: '=HYPERLINK("x")' })
    .where('id', '=', source)
    .execute();
  await answer(ANA, '/sync hold hyperlink', 'is yours until');
  const { file } = (
    await sql<{ file: string }>`select file from pragma_database_list where name = 'main'`.execute(
      firm.db,
    )
  ).rows[0] ?? { file: '' };
  const written: string[] = [];
  const out = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      written.push(chunk.toString());
      done();
    },
  });
  const code = await runAudit({ config: { databaseFile: file }, say: () => undefined }, out);
  expect(code).toBe(0);
  const lines = parse<Record<string, string>>(written.join(''), { columns: true });
  const held = lines.find(({ action }) => action === 'source.held');
  expect(held).toMatchObject({ person: 'Ana Ruiz', subject: `'=HYPERLINK("x")` });
  expect(lines.find(({ action }) => action === 'team.role-changed')).toMatchObject({
    person: 'Olivia Grant',
    subject: 'Ben Carter',
  });
});

it('says plainly when one person has as many waiting as one may, and still joins what is theirs', async () => {
  await using small = await startFirm({ config: { mostForced: 2 } });
  for (const number of ['00123-4567', '00312-9085'])
    await askFor(small, ANA, TEAM, `/sync policy ${number}`, isCardOf(ANA, number));
  await small.client.command(ANA, TEAM, '/sync policy 00774-1099');
  const refused = await answerTo(small, ANA, TEAM, 'the limit is 2');
  expect(refused.text).toContain('You have 2 syncs waiting');
  await small.client.command(ANA, TEAM, '/sync policy 00312-9085');
  await answerTo(small, ANA, TEAM, 'See its thread');
  await small.client.command(ANA, TEAM, '/sync contact chen family');
  const modal = await small.client.waitForModal(ANA);
  expect(modal.callback_id).toBe('pick-contact-policies');
  await small.client.submit(ANA);
  const { errors } = await small.client.waitForModal(ANA, (view) => view.errors !== undefined);
  expect(Object.values(errors ?? {})[0]).toContain('the limit is 2');
});
