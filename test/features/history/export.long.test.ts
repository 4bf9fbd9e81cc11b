import { randomUUID } from 'node:crypto';
import { addNotification } from '#features/notifications/store.ts';
import { beforeAll, expect, it } from 'vitest';
import { exportHistory } from '#features/history/csv.ts';
import { answerTo } from '#test/support/firm.ts';
import { personOnSlack } from '#slack/store.ts';
import { ANA, BEN, TEAM } from '#test/support/people.ts';
import { useFirm } from '#test/support/use-firm.ts';

const NUMBER = '00123-4567';

const firm = useFirm();
beforeAll(async () => {
  const known = await firm.db
    .selectFrom('policy_value')
    .selectAll()
    .where('policy_id', '=', await policyId())
    .where('name', '=', 'Account Value')
    .executeTakeFirstOrThrow();
  const before = { id: '0', as_of: '2026-01-02', minor: 39_000_000, observed_at: 0 };
  await firm.db
    .insertInto('policy_value')
    .values({ ...known, ...before })
    .execute();
});

const policyId = async (): Promise<string> =>
  (
    await firm.db
      .selectFrom('policy')
      .select('id')
      .where('number', '=', NUMBER)
      .executeTakeFirstOrThrow()
  ).id;

const exportsInAudit = async () =>
  firm.db
    .selectFrom('audit as a')
    .innerJoin('person as p', 'p.id', 'a.person_id')
    .select(['p.slack_user_id as who', 'a.subject_id as policy'])
    .where('a.action', '=', 'policy.history-exported')
    .execute();

it('a history has its values as a picture, and comes as a file to the person alone', async () => {
  await firm.client.command(ANA, TEAM, `/sync history ${NUMBER}`);
  const answer = await answerTo(firm, ANA, TEAM, 'Values over time');
  expect(answer.blocks.filter(({ type }) => type === 'image')).toHaveLength(1);
  await firm.client.click({ as: ANA, channel: TEAM, ts: answer.ts, text: 'Export as CSV' });
  await answerTo(firm, ANA, TEAM, 'history-00123-4567.csv is on its way to our direct messages');
  const file = await firm.client.waitForMessage({
    as: ANA,
    channel: 'dm',
    what: 'the file',
    that: ({ files }) => files?.[0]?.name === 'history-00123-4567.csv',
  });
  const csv = await (await fetch(file.files?.[0]?.url ?? '')).text();
  const lines = csv.trim().split('\n');
  expect(lines[0]).toBe(
    'policy_number,carrier,contact,record,at,name,amount,currency,as_of,status,reason,login,asked_by',
  );
  const { values } = await firm.db
    .selectFrom('policy_value')
    .select(({ fn }) => fn.countAll<number>().as('values'))
    .where('policy_id', '=', await policyId())
    .executeTakeFirstOrThrow();
  expect(lines.filter((line) => line.includes(',value,'))).toHaveLength(values);
  expect(csv).toContain('Account Value,409112.90,USD,');
  expect(await exportsInAudit()).toEqual([{ who: ANA, policy: await policyId() }]);
  expect((await firm.client.messages(ANA, TEAM)).some(({ files }) => files !== undefined)).toBe(
    false,
  );
  expect(firm.local.workspace.workspace.calls().filter(({ ok }) => !ok)).toEqual([]);
});

it('who may not see the policy gets no file, whatever the button says', async () => {
  const ben = await personOnSlack({ db: firm.db, clock: Date.now }, BEN);
  if (ben === undefined) throw new Error('Ben is not in the firm');
  const deps = { store: { db: firm.db, clock: Date.now }, openBooks: false };
  expect(await exportHistory(deps, ben, await policyId())).toBeUndefined();
});

const ask = async (): Promise<string> => {
  const ana = await personOnSlack({ db: firm.db, clock: Date.now }, ANA);
  const id = await addNotification(
    { db: firm.db, clock: Date.now },
    {
      kind: 'history-file',
      name: randomUUID(),
      channel: ANA,
      about: { personId: ana?.id ?? '', policyId: await policyId() },
    },
  );
  return id ?? '';
};

const shown = async (id: string): Promise<void> => {
  const behind = async () => {
    const { version, shown_version } = await firm.db
      .selectFrom('notification')
      .select(['version', 'shown_version'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    return version - shown_version;
  };
  await expect.poll(behind, { timeout: 30_000 }).toBe(0);
};

const filesOfAna = async () =>
  (await firm.client.messages(ANA, 'dm')).filter(({ files }) => files !== undefined).length;

it('a file whose answer was lost is sent once, also by the next bot', async () => {
  const before = await filesOfAna();
  await firm.stopBot();
  const id = await ask();
  await firm.client.faults({
    dropAfter: [{ method: 'files.completeUploadExternal', times: 1 }],
  });
  await firm.startBotAgain();
  await shown(id);
  expect(await filesOfAna()).toBe(before + 1);
});

it('a file that Slack refuses is said to be, and by whom that can be mended', async () => {
  await firm.client.faults({
    fail: [{ method: 'files.getUploadURLExternal', times: 1, error: 'missing_scope' }],
  });
  const id = await ask();
  await shown(id);
  const said = (await firm.client.messages(ANA, 'dm')).at(-1);
  expect(said?.text).toContain('the app may lack the scope');
});

it('who left the firm meanwhile gets no file', async () => {
  const before = await filesOfAna();
  await firm.db
    .updateTable('person')
    .set({ deactivated_at: 1 })
    .where('slack_user_id', '=', ANA)
    .execute();
  const id = await ask();
  await shown(id);
  await firm.db
    .updateTable('person')
    .set({ deactivated_at: null })
    .where('slack_user_id', '=', ANA)
    .execute();
  expect(await filesOfAna()).toBe(before);
});

it('nothing in a file is run as a formula, and negative amounts stay numbers', async () => {
  await firm.db
    .updateTable('contact')
    .set({ name: '=HYPERLINK("http://evil.example")' })
    .where('name', '=', 'Margaret Chen')
    .execute();
  await firm.db
    .updateTable('policy_value')
    .set({ minor: -1250 })
    .where('policy_id', '=', await policyId())
    .where('name', '=', 'Account Value')
    .execute();
  const ana = await personOnSlack({ db: firm.db, clock: Date.now }, ANA);
  if (ana === undefined) throw new Error('Ana is not in the firm');
  const deps = { store: { db: firm.db, clock: Date.now }, openBooks: false };
  const file = await exportHistory(deps, ana, await policyId());
  expect(file?.csv).toContain(`"'=HYPERLINK(""http://evil.example"")"`);
  expect(file?.csv).toContain(',Account Value,-12.50,USD,');
});
