import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { searchText } from '#shared/search-words.ts';
import { ANA, MARCUS, TEAM } from '#test/support/people.ts';
import { useFirm } from '#test/support/use-firm.ts';

/** On a Tuesday morning in New York a Friday is ahead. */
const AHEAD = Date.parse('2026-11-24T15:00:00Z') - Date.now();
const firm = useFirm({ clock: () => Date.now() + AHEAD });

/** What a person then reads, or the name of the window that opens. */
const typed = async (words: string, as = ANA): Promise<string> => {
  const since = (await firm.client.messages(as, TEAM)).at(-1)?.ts ?? '';
  await firm.client.command(as, TEAM, `/sync ${words}`);
  const read = await firm.client.waitFor({
    as,
    what: `the answer to "${words}"`,
    read: async () => {
      const modal = (await firm.client.state(as)).modals.at(-1);
      if (modal !== undefined) return `${modal.callback_id} ${JSON.stringify(modal.blocks)}`;
      return (await firm.client.messages(as, TEAM)).findLast(
        ({ ephemeral, ts }) => ephemeral && ts > since,
      )?.text;
    },
  });
  if (read.startsWith('pick-')) await firm.client.closeModal(as);
  return read;
};

const asked = async (): Promise<number> =>
  (await firm.db.selectFrom('request').select('id').execute()).length;

it.each([
  'policy 00123-4567 before friday 3pm',
  '00123-4567 by friday 3pm',
  'policy 00123-4567 friday 3pm',
  'policy number 00123-4567 for friday 3pm',
  'contact 00123-4567 before friday 3pm',
  'contact margaret chen by friday 3pm',
  'policy margaret chen by friday 3pm',
  'margaret chen friday 3pm',
  'Margaret Chen @ 3pm friday',
  'margaret chen call friday 3pm',
  'meeting margaret chen friday 3pm',
  'can you have 00123-4567 ready for ben by friday 3pm',
  'please have margaret chen ready by friday 3pm?',
])('"%s" prepares a meeting, and syncs nothing now', async (words) => {
  const answer = await typed(words);
  expect(answer).toContain("I'll refresh Margaret Chen's policy");
  expect(answer).toContain('3:00 PM');
  expect(await asked()).toBe(0);
});

it.each([
  ['00123-4567 tomorrow', /At what time do you meet Margaret Chen on/],
  ['margaret chen before', /When do you meet Margaret Chen\?/],
  ['meeting margaret chen', /When do you meet Margaret Chen\?/],
  ['chen by friday 3pm', /Several contacts match/],
  ['policy 00123-4567 and 00312-9085 before friday 3pm', /Several contacts match/],
  ['policy 99999-1234 before friday 3pm', /No policy in your book matches `99999-1234`/],
  ['friday 3pm', /Who are you meeting\?/],
  ['before friday 3pm', /Who are you meeting\?/],
  ['margaret chen at 3', /I'll refresh Margaret Chen's policy/],
  ['contact zzyzx1985@mail.com', /No contact in your book matches `zzyzx1985@mail.com`/],
  ['contact zzyzx trust 2019', /No contact in your book matches `zzyzx trust 2019`/],
  ['contact TERM-99123', /No policy in your book/],
  ['zzyzx friday 3pm', /No contact in your book matches `zzyzx`/],
  ['00123-4567 on the 5th at 3pm', /I don't understand/],
  ['00123-4567 a week from friday 3pm', /I don't understand/],
  ['can you have 00123-4567 for ben two weeks from friday 3pm', /I don't understand/],
  ['policy 00123-4567 last friday of may at 3pm', /I don't understand/],
])('"%s" is asked about, by what was understood', async (words, answer) => {
  expect(await typed(words)).toMatch(answer);
  expect(await asked()).toBe(0);
});

it.each([
  ['digest yesterday', 'I left out `yesterday`: `/sync digest` is always of the day so far'],
  ['report chen', 'I left out `chen`: `/sync report` is of the whole book'],
  ['status x', 'I left out `x`: `/sync status` shows all'],
  ['team ben', 'I left out `ben`: `/sync team` shows everybody'],
  ['meetings friday 3pm', 'I left out `friday 3pm`: `/sync meetings` lists what is planned'],
  [
    'sources zzyzx',
    'I left out `zzyzx`: `/sync sources` lists your logins, and none of them is called so',
  ],
  ['history 00123-4567 00312-9085', 'I show the history of one policy at a time'],
  [
    'history 00123-4567 before friday',
    'I left out `before friday`: `/sync history` shows what is kept',
  ],
  ['history 00123-4567 friday 3pm', 'Margaret Chen · 00123-4567'],
  ['hold northbridge until later', "I don't understand how long that is"],
  ['hold northbridge tomorrow 9am', "A hold begins now, and I don't understand how long that is"],
  ['hold northbridge tonight', "A hold begins now, and I don't understand how long that is"],
  ['show case', 'Which case?'],
])('of "%s" nothing is left out unsaid', async (words, said) => {
  expect(await typed(words)).toContain(said);
});

it('shows on Refresh those logins again that were asked for', async () => {
  await typed('sources northbridge');
  const newest = async () =>
    (await firm.client.messages(ANA, TEAM)).findLast(({ ephemeral }) => ephemeral);
  const before = await newest();
  await firm.db
    .updateTable('login_source')
    .set({ name: 'Renamed behind it' })
    .where('carrier_id', '=', 'northbridge-life')
    .execute();
  await firm.client.click({
    as: ANA,
    channel: TEAM,
    ts: before?.ts ?? '',
    actionId: 'source-list:refresh',
  });
  const after = await firm.client.waitForMessage({
    as: ANA,
    channel: TEAM,
    what: 'the list anew',
    that: ({ ts, text }) => ts === before?.ts && text.includes('Renamed behind it'),
  });
  expect(after.text).toContain('Those that are called `northbridge`');
});

it('tells a manager where the logins of others are', async () => {
  expect(await typed('link zzyzx', MARCUS)).toContain('All of the firm has those of others');
});

it.each(['status please', 'digest.', 'report?', 'team now', 'Sources,'])(
  '"%s" has nothing that could be left out',
  async (words) => {
    const answer = await typed(words);
    expect(answer).not.toMatch(/I left out|I read|I don't know/);
  },
);

it.each([
  ['help link', '`/sync sources`'],
  ['?', 'straight from the carrier'],
  ['help me', '`/sync policy`'],
  ['policy .', 'pick-policy'],
  ['contact please', 'pick-contact-by-name'],
  ['sources add', 'Your login sources  2 linked, 4 unlinked'],
  ['hi', 'straight from the carrier'],
  ['sources northbridge', 'Those that are called `northbridge`'],
  ['link my northbridge login', 'Those that are called `northbridge`'],
  ['link carrier', 'Your login sources  2 linked, 4 unlinked'],
  ['pause northbridge', 'Which login do you need for yourself?'],
  ['case 7', 'There is no case 7'],
  ['history policy 00123-4567, please', 'Margaret Chen · 00123-4567'],
  ['contact margaret chen’s policies', 'pick-contact-policies'],
  ['contact Chen, Margaret.', 'pick-contact-policies'],
  [
    'contact <mailto:margaret.chen@mail.example|margaret.chen@mail.example>',
    'pick-contact-policies',
  ],
  ['contact 00123-4567', 'pick-contact-policies'],
  ['show margaret chen', 'pick-contact-policies'],
  ['policy margaret chen pls', '2 policies match `margaret chen`'],
])('"%s" is understood', async (words, said) => {
  expect(await typed(words)).toContain(said);
});

it.each([
  'cancel 00123-4567',
  'stop 00123-4567',
  "don't sync 00123-4567",
  'don’t sync 00123-4567',
  'do not sync 00123-4567',
  'please do not sync 00123-4567',
  'please cancel 00123-4567',
  'can you stop syncing 00123-4567',
  'cancle 00123-4567',
  '00123-4567: cancel!',
  'we shouldn’t sync 00123-4567',
  'no need to sync 00123-4567',
  'policy do not sync 00123-4567',
  'policy 00123-4567 never',
  'please stop',
])('"%s" syncs nothing', async (words) => {
  expect(await typed(words)).toContain('I started nothing');
  expect(await asked()).toBe(0);
});

it.each([
  'POLICY 00123-4567.',
  'policy#00123-4567',
  'policy: 00123–4567',
  'pls sync 00123—4567 asap',
  'policy “00123-4567”.',
  'policy ００１２３－４５６７',
  'policy\u00A000123\u00A04567',
  'policy 001 23 4567 today',
  '00123-4567 for Tom',
  'policy 00123-4567 for April',
  'policy <https://portal.example/policies/00123-4567>',
  'policy <tel:001234567|00123-4567>',
])('"%s" is of that very policy', async (words) => {
  expect(await typed(words)).toMatch(
    /(Syncing )?Margaret Chen · Northbridge Life 00123-4567( is syncing already|\. Follow)/,
  );
  expect(await asked()).toBe(1);
});

it.each(['policy 00123-4567/00312-9085', 'policy 00123-4567;00312-9085'])(
  '"%s" is of both',
  async (words) => {
    expect(await typed(words)).toMatch(/Syncing 2 policies|These are syncing already/);
    expect(await asked()).toBe(2);
  },
);

it.each(['TERM-00123', 'GOLD-4711', 'DO-12345', 'CASE-1001', 'STOP-12345'])(
  '"%s" is looked for as a number',
  async (number) => {
    expect(await typed(number)).toMatch(/^No policy in your book/);
  },
);

describe('a client whose name is an everyday word', () => {
  const CLIENTS = [
    ['Rosa Do', null],
    ['Minh Do', null],
    ['Ty Ok', null],
    ['Ready You', null],
    ['Casey Sharer', 'tom@centurylink.net'],
    ['Ann Release', 'share@mail.example'],
  ] as const;
  let were: { id: string; name: string; email: string | null; search: string }[];

  beforeAll(async () => {
    were = await firm.db
      .selectFrom('contact as c')
      .innerJoin('book as b', 'b.contact_id', 'c.id')
      .innerJoin('person as who', 'who.id', 'b.person_id')
      .select(['c.id', 'c.name', 'c.email', 'c.search'])
      .where('who.slack_user_id', '=', ANA)
      .where('c.name', '!=', 'Margaret Chen')
      .orderBy('c.id')
      .limit(CLIENTS.length)
      .execute();
    for (const [nth, [name, email]] of CLIENTS.entries())
      await firm.db
        .updateTable('contact')
        .set({ name, email, search: searchText(name, email) })
        .where('id', '=', were[nth]?.id ?? '')
        .execute();
  });
  afterAll(async () => {
    for (const { id, ...was } of were)
      await firm.db.updateTable('contact').set(was).where('id', '=', id).execute();
  });

  it.each([
    ['link', 'Your login sources'],
    ['share', 'Your login sources'],
    ['case', 'Which case?'],
    ['release', 'Ann Release'],
  ])('"%s" is a name where it is a whole word of one', async (words, said) => {
    expect(await typed(words)).toContain(said);
  });

  it.each([
    ['ok', 'Ty Ok'],
    ['ty', 'Ty Ok'],
    ['contact You', 'Ready You'],
    ['policy ready', 'Ready You'],
    ['do', 'Minh Do'],
    ['do minh', 'Minh Do'],
    ['thank you', 'straight from the carrier'],
    ['contact please', 'pick-contact-by-name'],
    ['do not sync rosa do', 'I started nothing'],
  ])('"%s" finds that client, or nobody is called so', async (words, said) => {
    expect(await typed(words)).toContain(said);
  });
});
