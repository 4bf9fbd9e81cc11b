import { beforeAll, describe, expect, it } from 'vitest';
import { may, type Actor, type Role } from '#shared/access.ts';
import { answerTo, askFor, closingOf, isCardOf } from '#test/support/firm.ts';
import { forger } from '#test/support/forgery.ts';
import { ANA, BEN, TEAM } from '#test/support/people.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

const NUMBER = '00123-4567';
/** What Ana's policy, login and client are called: nobody else may learn it from an answer. */
const SECRETS = /Margaret|Chen|Harbor Select|Ana – Northbridge/;

let forge: ReturnType<typeof forger>;
/** Ana's request, and what a button of its card carries. */
let hers: { request: string; sync: string; policy: string; source: string };

const { firm, at } = useScriptedFirm();
beforeAll(async () => {
  forge = forger(firm, TEAM);
  // No worker yet: her sync waits, so that every act on it could still do something.
  await askFor(firm, ANA, TEAM, `/sync policy ${NUMBER}`, isCardOf(ANA, NUMBER));
  hers = await firm.db
    .selectFrom('request_sync as rs')
    .innerJoin('sync as s', 's.id', 'rs.sync_id')
    .select([
      'rs.request_id as request',
      's.id as sync',
      's.policy_id as policy',
      's.source_id as source',
    ])
    .executeTakeFirstOrThrow();
});

/** Everything an act could change of what people asked for. */
const standing = async (): Promise<unknown> => ({
  requests: await firm.db
    .selectFrom('request')
    .select(['id', 'person_id', 'channel', 'linked_at', 'ended_at'])
    .orderBy('id')
    .execute(),
  parts: await firm.db.selectFrom('request_sync').selectAll().orderBy('request_id').execute(),
  syncs: await firm.db
    .selectFrom('sync')
    .select(['id', 'status', 'reason', 'priority'])
    .where('finished_at', 'is', null)
    .orderBy('id')
    .execute(),
  links: await firm.db.selectFrom('link').select('id').execute(),
});

const ENTRIES = {
  'the command': (person: string) => forge.command(person, `policy ${NUMBER}`),
  'Sync on a match': (person: string) =>
    forge.click(person, 'sync-policy', JSON.stringify({ policy: hers.policy })),
  'Sync again': (person: string) => forge.click(person, 're-run', JSON.stringify(hers)),
  'Use another login': (person: string) =>
    forge.click(person, `use-source:${hers.source}`, JSON.stringify(hers)),
  Cancel: (person: string) => forge.click(person, 'cancel', JSON.stringify(hers)),
  'Run now': (person: string) => forge.click(person, 'run-now', JSON.stringify(hers)),
  'Run now of a status': (person: string) =>
    forge.click(person, 'status-run-now', JSON.stringify({ request: hers.request })),
  'the policy picker': (person: string) =>
    forge.submit(person, 'pick-policy', metadata(), {
      policy: {
        'policy-search': { type: 'external_select', selected_option: { value: hers.policy } },
      },
    }),
  'the login picker': (person: string) =>
    forge.submit(person, 'pick-source', metadata(), {
      source: { source: { type: 'radio_buttons', selected_option: { value: hers.source } } },
    }),
  'the policies of a message': (person: string) =>
    forge.submit(person, 'pick-message-policies', metadata(), {
      'policies:northbridge-life:0': {
        policies: { type: 'checkboxes', selected_options: [{ value: hers.policy }] },
      },
      'source:northbridge-life': {
        source: { type: 'static_select', selected_option: { value: hers.source } },
      },
    }),
} satisfies Record<string, (person: string) => Promise<unknown>>;

const metadata = (): string =>
  JSON.stringify({ origin: { askedIn: TEAM, channel: TEAM }, policy: hers.policy });

const OUTSIDERS = [
  { who: 'another advisor', id: BEN },
  { who: 'a guest', id: 'UGWENGST1' },
  { who: 'a deactivated person', id: 'UDANAFRM1' },
  { who: 'nobody Slack knows', id: 'UNOBODY01' },
];

const INSIDERS: { id: string; role: Role }[] = [
  { id: 'UOLIVIA01', role: 'owner' },
  { id: 'UMARCUS01', role: 'manager' },
  { id: 'USAMOKAF1', role: 'support' },
];

/** What the person got to read from this act: the answer beneath the message, or in the modal. */
const answered = async (id: string, act: () => Promise<unknown>): Promise<string> => {
  const before = forge.told(id).length;
  const ack = await act();
  const inModal = JSON.stringify(ack);
  if (inModal.includes('errors')) return inModal;
  await expect.poll(() => forge.told(id).length).toBeGreaterThan(before);
  return JSON.stringify(forge.told(id).at(-1));
};

describe.each(OUTSIDERS)('$who', ({ id }) => {
  it.each(Object.entries(ENTRIES))('learns and changes nothing by %s', async (_name, act) => {
    const before = await standing();
    const answer = await answered(id, () => act(id));
    expect(answer).not.toMatch(SECRETS);
    expect(await standing()).toEqual(before);
  });
});

it.each(INSIDERS)(
  'lets $role ask for it, which the table of access allows',
  async ({ id, role }) => {
    const actor: Actor = { id, role, active: true };
    expect(may(actor, 'policy.sync', { inBook: false, exactNumber: true })).toBe(true);
    await forge.command(id, `policy ${NUMBER}`);
    const picker = await firm.client.waitForModal(id);
    expect(JSON.stringify(picker.blocks)).toContain('Ana – Northbridge');
    await firm.client.closeModal(id);
  },
);

it('lets support cancel nothing that others asked for', async () => {
  const before = await standing();
  expect(
    await answered('USAMOKAF1', () => forge.click('USAMOKAF1', 'cancel', JSON.stringify(hers))),
  ).toContain('Only the person who asked');
  expect(await standing()).toEqual(before);
});

it('refuses people of another workspace at every entry', async () => {
  const before = await standing();
  const why = 'only for members of the workspace';
  const elsewhere = 'TOTHER001';
  const told = (act: () => Promise<unknown>): Promise<string> => answered(ANA, act);
  expect(await told(() => forge.command(ANA, `policy ${NUMBER}`, elsewhere))).toContain(why);
  expect(await told(() => forge.click(ANA, 'cancel', JSON.stringify(hers), elsewhere))).toContain(
    why,
  );
  expect(
    await told(() =>
      forge.submit(
        ANA,
        'pick-source',
        metadata(),
        {
          source: { source: { type: 'radio_buttons', selected_option: { value: hers.source } } },
        },
        elsewhere,
      ),
    ),
  ).toContain(why);
  expect(await standing()).toEqual(before);
});

it('says the same of a policy that is not theirs and of one that is not there', async () => {
  const words = async (policy: string, sync: string): Promise<string[]> => {
    const value = JSON.stringify({ ...hers, policy, sync });
    const answers: string[] = [];
    for (const action of ['sync-policy', 're-run'])
      answers.push(await answered(BEN, () => forge.click(BEN, action, value)));
    return answers.map((answer) => /"text":"([^"]+)"/.exec(answer)?.[1] ?? '');
  };
  expect(await words('nothing', 'nothing')).toEqual(await words(hers.policy, hers.sync));
  const typed = async (number: string): Promise<string> =>
    (await answered(BEN, () => forge.command(BEN, `policy ${number}`))).replaceAll(number, '#');
  const form = (answer: string): string =>
    /No policy in your book[^"]*/.exec(answer)?.[0] ?? answer;
  expect(form(await typed(NUMBER))).toBe(form(await typed('98765-4321')));
});

it('says the same of a login that is not theirs and of one that is not there', async () => {
  const words: string[] = [];
  for (const source of [hers.source, 'nothing']) {
    await firm.client.command(BEN, TEAM, '/sync policy');
    await firm.client.waitForModal(BEN);
    await firm.client.closeModal(BEN);
    await forge.click(BEN, 'link', JSON.stringify({ ...hers, source }));
    const modal = await firm.client.waitForModal(BEN, (view) =>
      JSON.stringify(view.blocks).includes('not yours to link'),
    );
    words.push(JSON.stringify(modal.blocks).replaceAll(/"block_id":"[^"]*"/g, ''));
    await firm.client.closeModal(BEN);
  }
  expect(words[0]).toBe(words[1]);
  expect(words[0]).not.toMatch(SECRETS);
});

const NONSENSE: [what: string, text: string, answer: string][] = [
  ['an unknown word', 'frobnicate 12', "I don't know"],
  ['ten thousand characters', `policy ${'9'.repeat(10_000)}`, '10,007 characters'],
  ['emoji', 'policy 🙂🙃', 'No policy in your book'],
  ['SQL', "policy '; drop table sync; --", 'No policy in your book'],
  ['a wildcard', 'policy %', 'No policy in your book'],
  ['signs only', 'policy ---', 'No policy in your book'],
  ['a mention of everybody', 'policy <!channel> 1', 'No policy in your book'],
  ['control characters', 'policy \u0000\u202e12', 'policies match'],
  ['markup', 'policy `*_~', 'No policy in your book'],
];

it.each(NONSENSE)('answers %s with what to do instead', async (_what, text, answer) => {
  const before = await standing();
  const said = await answered(ANA, () => forge.command(ANA, text));
  expect(said).toContain(answer);
  expect(said).not.toContain('<!channel>');
  expect(await standing()).toEqual(before);
});

it.each([
  ['nothing', ''],
  ['no JSON', '{'],
  ['JSON of another shape', '[1,2]'],
  ['an id of ten thousand characters', JSON.stringify({ request: 'x'.repeat(10_000), sync: 'y' })],
  ['an object for an id', JSON.stringify({ request: { $ne: 1 }, sync: {}, policy: [] })],
])('takes a button whose value is %s for an old one', async (_what, value) => {
  const before = await standing();
  for (const action of [
    'sync-policy',
    're-run',
    'cancel',
    'run-now',
    'status-run-now',
    `use-source:x`,
  ])
    expect(await answered(ANA, () => forge.click(ANA, action, value))).toMatch(
      /out of date|Only the person/,
    );
  expect(await standing()).toEqual(before);
});

it('answers in a direct message, and says why, where others listen or it may not speak', async () => {
  // Opens the conversation with the bot.
  await firm.client.openHome(ANA);
  for (const [channel, number, why] of [
    ['CSHARED01', '00312-9085', 'shared with another company'],
    ['CNOBOT001', '00560-4413', 'I am not in that channel'],
  ] as const) {
    await firm.client.command(ANA, channel, `/sync policy ${number}`);
    const card = await firm.client.waitForMessage({
      as: ANA,
      channel: 'dm',
      what: 'the card in the direct message',
      that: isCardOf(ANA, number),
    });
    expect(JSON.stringify(card.blocks)).toContain(why);
    const open = firm.local.workspace.workspace
      .messages(channel)
      .filter(({ onlyFor }) => onlyFor === undefined);
    expect(JSON.stringify(open)).not.toContain(number);
  }
});

it('names no client by a button in a channel that another company reads', async () => {
  const there = forger(firm, 'CSHARED01');
  const policy = JSON.stringify({ policy: hers.policy });
  for (const [action, value] of [
    ['history-of:3', policy],
    ['status-refresh', 'x'],
    ['show-digest', 'x'],
    ['show-values', JSON.stringify({ request: hers.request })],
  ] as const) {
    const before = there.told(ANA).length;
    await there.click(ANA, action, value);
    await expect.poll(() => there.told(ANA).length).toBeGreaterThan(before);
    const said = JSON.stringify(there.told(ANA).slice(before));
    expect(said).toContain('shared with another company');
    expect(said).not.toMatch(SECRETS);
  }
});

it('still does the right thing for the one whose policy it is', async () => {
  const before = forge.told(BEN).length;
  await firm.work(at.portals);
  const [card] = (await firm.client.messages(ANA, TEAM)).filter(isCardOf(ANA, NUMBER));
  if (card === undefined) throw new Error('The card is gone.');
  expect((await closingOf(firm, ANA, TEAM, card)).text).toContain('Success');
  // Its Cancel is stale by now.
  await forge.click(ANA, 'cancel', JSON.stringify(hers));
  await answerTo(firm, ANA, TEAM, 'out of date');
  expect(forge.told(BEN)).toHaveLength(before);
});
