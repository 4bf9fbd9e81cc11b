import { loadConfig } from '#app/config.ts';
import { featuresOf } from '#app/features.ts';
import { DAY } from '#shared/clock.ts';
import { EVENT, everything, HELD, LINK, MEETING, PAIRING, PAUSE, SIGN_INS, WAY } from './hers.ts';
import { changed, type Standing } from './rows.ts';
import { ANA, BEN, NUMBER, TEAM, type AccessWorld } from './world.ts';

/** A name for each pattern that buttons and modals are listened to by. */
const EXAMPLES = [
  'link:3',
  'hold:0',
  'history-of:0',
  'release:0',
  'use-source:1',
  'fix-number:0',
  'choose-code-way:0',
  'source-list:firm',
  'meeting-contact:0',
  'meeting-at:0',
  'meeting-cancel:0',
  'calendar-whom:0',
  'change-source:rename',
  'change-source:share',
  'change-source:unlink',
  'change-source:remove',
];

const namesOf = (listened: readonly (string | RegExp)[]): string[] =>
  listened.flatMap((name) => {
    if (typeof name === 'string') return [name];
    const examples = EXAMPLES.filter((example) => name.test(example));
    if (examples.length === 0) throw new Error(`Give ${String(name)} an example.`);
    return examples;
  });

/** All that a value may name, and all of it Ana's. */
const herValue = (world: AccessWorld, name: string): string => {
  const { source, policy, request, sync, contact, status } = world;
  return JSON.stringify({
    source,
    policy,
    request,
    sync,
    contact,
    link: LINK,
    meeting: MEETING,
    pause: PAUSE,
    key: EVENT,
    case: 'CASE1',
    ...HELD,
    number: 1,
    close: 0,
    minutes: 30,
    from: status,
    to: 'Surrendered',
    at: Date.now() + 2 * DAY,
    text: 'next friday 3pm',
    carrier: 'northbridge-life',
    origin: { askedIn: TEAM, channel: TEAM },
    ...(name.includes('code-way')
      ? { signIn: SIGN_INS.way, channel: WAY }
      : { signIn: SIGN_INS.code, channel: TEAM }),
  });
};

/** Values that nothing of ours carries. */
const ODD = [
  '',
  '{',
  '[1,2]',
  '{"source":{"$ne":1},"policy":[],"request":{}}',
  JSON.stringify({ request: 'x'.repeat(10_000) }),
];

const one = (value: string) => ({ selected_option: { value } });

/** What every field of every modal may hold, and all of it Ana's. */
const herFields = ({ source, policy, contact }: AccessWorld) => ({
  name: { name: { value: 'Forged' } },
  people: { people: { selected_users: [BEN] } },
  carrier: { carrier: one('northbridge-life') },
  holder: { holder: { selected_user: ANA } },
  person: { person: { selected_user: BEN } },
  role: { role: one('owner') },
  status: { status: one('Surrendered') },
  standing: { standing: one('open') },
  words: { words: { value: 'Forged words' } },
  code: { code: { value: '123456' } },
  way: { way: one(WAY) },
  number: { number: { value: PAIRING } },
  source: { source: one(source) },
  policy: { 'policy-search': one(policy) },
  contact: { 'contact-search': one(contact) },
  'policies:0': { policies: { selected_options: [{ value: policy }] } },
  meeting: { 'meeting-at': { selected_date_time: Math.round((Date.now() + 2 * DAY) / 1000) } },
  // A calendar is always of who gives it: another's is not for them to name.
  calendar: { calendar: { value: NUMBER } },
});

/** With a time of a meeting, a contact's modal asks for no policies. */
const fieldsOf = (world: AccessWorld, name: string) => {
  const { meeting: _, ...noMeeting } = herFields(world);
  return name === 'pick-contact-policies' ? [herFields(world), noMeeting] : [herFields(world)];
};

/**
 * What an advisor may do with any policy where the firm opens books to all; to sync, they take a login
 * of their own.
 */
export const OPENED: readonly string[] = [
  'history-export',
  'set-status',
  'fix-number:0',
  'held-accept',
  'held-reject',
  'pick-contact-policies',
  'pick-message-policies',
  'choose-status',
];

interface Act {
  name: string;
  what: string;
  isModal: boolean;
  by: (person: string) => Promise<unknown>;
}

const actsOf = (world: AccessWorld, short: boolean): { forged: Act[]; hers: Act[] } => {
  const features = featuresOf(loadConfig({}));
  const clicks = namesOf(features.flatMap(({ clicks = [] }) => clicks.map(({ name }) => name)));
  const modals = namesOf(
    features.flatMap(({ submissions = [] }) => submissions.map(({ callbackId }) => callbackId)),
  );
  const clickOf = (name: string, value: string): Act => ({
    name,
    what: `${name} with ${value.slice(0, 60)}`,
    isModal: false,
    by: (person) => world.forge.click(person, name, value),
  });
  const submitOf = (name: string, value: string, fields: ReturnType<typeof fieldsOf>[number]) => ({
    name,
    what: `${name} with ${value.slice(0, 60)} and ${Object.keys(fields).length} fields`,
    isModal: true,
    by: (person: string) => world.forge.submit(person, name, value, { ...fields }),
  });
  const hers = [
    ...clicks.map((name) => clickOf(name, herValue(world, name))),
    ...modals.flatMap((name) =>
      fieldsOf(world, name).map((fields) => submitOf(name, herValue(world, name), fields)),
    ),
  ];
  if (short) return { forged: hers, hers };
  const forged = [
    ...hers,
    ...clicks.flatMap((name) => ODD.map((value) => clickOf(name, value))),
    ...modals.flatMap((name) => ODD.map((value) => submitOf(name, value, herFields(world)))),
  ];
  return { forged, hers };
};

/** What was tried so far, and of it what changed anything: for who may not, and for whose it is. */
export interface Forged {
  buttons: number;
  modals: number;
  through: number;
  hers: number;
  /** What open books let another advisor do. */
  opened: Set<string>;
}

const syncsThrough = (source: string, { sync = [] }: Standing): number =>
  sync.filter((row) => row['source_id'] === source).length;

/** Every button and every modal there is, by who may do nothing with what is Ana's, and by Ana. */
export const tryForged = async (
  world: AccessWorld,
  so: Forged,
  { books, short, say }: { books: 'own' | 'open'; short: boolean; say: (line: string) => void },
): Promise<void> => {
  await everything(world);
  const was = await world.standing();
  const { forged, hers } = actsOf(world, short);
  const changedBy = async ({ by }: Act, person: string) => {
    await by(person);
    const now = await world.standing();
    const tables = changed(was, now);
    if (tables.length > 0) await world.restore(was);
    return {
      tables,
      throughHers: syncsThrough(world.source, now) !== syncsThrough(world.source, was),
    };
  };
  const isOpened = ({ name }: Act, person: string): boolean =>
    books === 'open' && person === BEN && OPENED.includes(name);
  for (const person of short ? [BEN] : [BEN, 'UGWENGST1', 'UDANAFRM1', 'UNOBODY01'])
    for (const act of forged) {
      so[act.isModal ? 'modals' : 'buttons'] += 1;
      const { tables, throughHers } = await changedBy(act, person);
      if (tables.length === 0) continue;
      if (isOpened(act, person) && !throughHers) {
        so.opened.add(act.name);
        continue;
      }
      so.through += 1;
      say(`${person} changed ${tables.join(', ')} by ${act.what}`);
    }
  for (const act of hers) if ((await changedBy(act, ANA)).tables.length > 0) so.hers += 1;
  await world.restore();
};
