import { REPORT_FILTERS, reportCuts, reportSearch } from '#core/policies/report-rules.ts';
import { reportPage } from '#core/policies/store/report.ts';
import type { ReportSought } from '#core/policies/store/report-rows.ts';
import { digestFacts } from '#features/digest/store/facts.ts';
import { numbersIn } from '#features/message-policies/numbers.ts';
import { sourceChoices } from '#core/logins/choices.ts';
import { lookUpPolicy, suggestPolicies } from '#core/policies/look-up.ts';
import { lookUpContact } from '#core/requests/contacts.ts';
import { addRequest, type RequestItem } from '#core/requests/store/requests.ts';
import { requestView } from '#core/requests/store/views.ts';
import { addHomeless } from '#core/sessions/store/day-work.ts';
import { queueFirmsDay } from '#features/daily-sync/queue-day.ts';
import { beginDay } from '#features/daily-sync/store.ts';
import { fillRuns } from '#core/sessions/day-queue.ts';
import { openRequests } from '#features/my-status/store.ts';
import { movingRequests } from '#slack/store.ts';
import { slowMessages } from '#test/support/slow-messages.ts';
import { beginDays } from '#test/support/begin-days.ts';
import type { LargeFirm } from './large-firm.ts';
import { storeOf, type Measure } from './measure.ts';
import { stepMeasures } from './steps.ts';

const ADVISOR = { id: 'advisor-007', role: 'advisor', active: true } as const;

const policiesFrom = async ({ db }: LargeFirm, first: number, count: number) =>
  (
    await db
      .selectFrom('policy')
      .select(['id', 'home_source_id'])
      .where('status', '=', 'Active')
      .orderBy('id')
      .offset(first)
      .limit(count)
      .execute()
  ).map(({ id, home_source_id }): RequestItem => ({
    policyId: id,
    sourceId: home_source_id ?? '',
  }));

const items = new WeakMap<LargeFirm, Map<string, RequestItem[]>>();

/** Looked up once, outside of what is measured. */
const itemsOf = async (firm: LargeFirm, first: number, count: number): Promise<RequestItem[]> => {
  const known = items.get(firm) ?? new Map<string, RequestItem[]>();
  items.set(firm, known);
  const key = `${first} ${count}`;
  const found = known.get(key) ?? (await policiesFrom(firm, first, count));
  known.set(key, found);
  return found;
};

const asked = new WeakMap<LargeFirm, Map<string, string>>();

const request = async (firm: LargeFirm, first: number, count: number): Promise<string> => {
  const known = asked.get(firm) ?? new Map<string, string>();
  asked.set(firm, known);
  const key = `${first} ${count}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const added = await addRequest(storeOf(firm), {
    personId: ADVISOR.id,
    origin: { askedIn: 'C1', channel: `C${first}` },
    dedupeKey: `bench ${key}`,
    items: await itemsOf(firm, first, count),
    mostForced: 100_000,
  });
  const id = 'requestId' in added ? added.requestId : '';
  known.set(key, id);
  return id;
};

const dayOf = ({ now }: LargeFirm, day: string) => ({
  day,
  startsAt: now - 3_600_000,
  openBooks: true,
});

/** Nothing waits, and no policy has a home: of one carrier, or of all. */
const unhouse = async ({ db }: LargeFirm, carrier?: string): Promise<void> => {
  await db.deleteFrom('sync').where('status', '=', 'queued').where('priority', '=', 100).execute();
  const houseless = db.updateTable('policy').set({ home_source_id: null });
  await (carrier === undefined ? houseless : houseless.where('carrier_id', '=', carrier)).execute();
};

/** Policies of one carrier that have no home any more and wait nowhere, and a day that has begun. */
const homeless = new WeakSet<LargeFirm>();
const beginHomeless = async (firm: LargeFirm): Promise<void> => {
  if (homeless.has(firm)) return;
  homeless.add(firm);
  await unhouse(firm, 'carrier-03');
  await beginDay(storeOf(firm), { ...dayOf(firm, '2026-11-20'), openBooks: false });
};

const page = (firm: LargeFirm, more: Partial<ReportSought>) =>
  reportPage(storeOf(firm), {
    scope: { kind: 'all' },
    exactNumber: false,
    search: undefined,
    filter: 'all',
    carrierId: undefined,
    cuts: reportCuts(firm.now),
    page: 0,
    pageSize: 10,
    ...more,
  });

const DAY = 86_400_000;
export const MEASURES: readonly Measure[] = [
  {
    name: 'adding a request of one policy',
    target: 10,
    run: async (firm, nth) => {
      await itemsOf(firm, 1000 + nth * 100, 1);
      return request(firm, 1000 + nth * 100, 1);
    },
  },
  {
    name: 'adding a request of 40 policies',
    target: 40,
    run: (firm, nth) => request(firm, 50_000 + nth * 100, 40),
  },
  {
    name: 'the view of a card of one policy',
    target: 10,
    run: async (firm) => requestView(storeOf(firm), await request(firm, 1000, 1)),
  },
  {
    name: 'the view of a card of 40 policies',
    target: 100,
    run: async (firm) => requestView(storeOf(firm), await request(firm, 50_000, 40)),
  },
  { name: 'how many cards still move', target: 10, run: (firm) => movingRequests(storeOf(firm)) },
  {
    name: "what is open of a person's requests",
    target: 10,
    run: (firm) => openRequests(storeOf(firm), ADVISOR.id, 10),
  },
  {
    name: 'the logins of a policy',
    target: 10,
    run: async (firm) => {
      const [item] = await itemsOf(firm, 1000, 1);
      return sourceChoices(
        { store: storeOf(firm), openBooks: true },
        ADVISOR,
        item?.policyId ?? '',
      );
    },
  },
  ...['person7', 'family12 person', '00012'].map((typed) => ({
    name: `the search field at "${typed}"`,
    target: 10,
    run: (firm: LargeFirm) =>
      suggestPolicies({ store: storeOf(firm), openBooks: true }, ADVISOR, typed),
  })),
  {
    name: 'a number that matches nothing, and those close to it',
    target: 20,
    run: (firm) => lookUpPolicy({ store: storeOf(firm), openBooks: true }, ADVISOR, '00012-999'),
  },
  {
    name: 'a name in the own book',
    target: 10,
    run: (firm) => lookUpPolicy({ store: storeOf(firm), openBooks: false }, ADVISOR, 'family7'),
  },
  {
    name: 'the contacts of a name',
    target: 10,
    run: (firm) => lookUpContact({ store: storeOf(firm), openBooks: true }, ADVISOR, 'family12'),
  },
  ...REPORT_FILTERS.map((filter) => ({
    name: `the report's first page, ${filter}`,
    target: 10,
    run: (firm: LargeFirm) => page(firm, { filter }),
  })),
  {
    name: "the report's page 100 of a carrier",
    target: 40,
    run: (firm) => page(firm, { page: 100, carrierId: 'carrier-03' }),
  },
  {
    name: 'the report, searched for a name',
    target: 10,
    run: (firm) => page(firm, { search: reportSearch('person1234') }),
  },
  {
    name: 'the report, searched for what 2,000 policies have',
    target: 60,
    run: (firm) => page(firm, { search: reportSearch('person'), filter: 'not-found' }),
  },
  {
    name: `numbers in ${slowMessages.length} messages of the greatest length, made to be slow`,
    target: 50 * slowMessages.length,
    run: async () => {
      for (const message of slowMessages) numbersIn(message);
    },
  },
  {
    name: 'the longest statement of the facts of a digest',
    target: 50,
    run: (firm) => digestFacts(firm.db, { kind: 'all' }, reportCuts(firm.now), firm.now - 8 * DAY),
    longest: true,
  },
  {
    name: 'the beginning of a day of all policies, each at its home',
    target: 1000,
    once: () => Promise.resolve(),
    run: (firm) => queueFirmsDay(storeOf(firm), dayOf(firm, '2026-11-18')),
  },
  {
    name: 'the beginning of a session: the day of its login is queued',
    target: 20,
    run: (firm, nth) =>
      fillRuns(storeOf(firm), [`source-${String(20 + nth).padStart(5, '0')}`], '2026-11-18'),
  },
  ...stepMeasures(),
  {
    name: 'queueing a day of all policies, each at its home, login by login',
    target: 10_000,
    once: () => Promise.resolve(),
    run: async (firm) => {
      await queueFirmsDay(storeOf(firm), dayOf(firm, '2026-11-19'));
      await beginDays(storeOf(firm));
    },
  },
  {
    name: 'queueing 100 policies that have no home',
    target: 100,
    run: async (firm, nth) => {
      await beginHomeless(firm);
      const after = `policy-${String(nth * 20_000).padStart(6, '0')}`;
      return addHomeless(storeOf(firm), 'carrier-03', after, 100);
    },
  },
  {
    name: 'the longest statement of queueing a day of all policies, none with a home',
    target: 50,
    longest: true,
    once: (firm) => unhouse(firm),
    run: (firm) => queueFirmsDay(storeOf(firm), dayOf(firm, '2026-11-21')),
  },
  {
    name: 'queueing a day of all policies, none with a home',
    target: 10_000,
    once: (firm) => unhouse(firm),
    run: (firm) => queueFirmsDay(storeOf(firm), dayOf(firm, '2026-11-22')),
  },
];
