import type { Page } from 'playwright';
import type { CarrierFactory } from '#portal/contract.ts';
import { bookParser, policyParser } from './parse.ts';

/** One report serves a session so long; the portal values policies once a day. */
const FRESH_MS = 10 * 60_000;
/** How often the state of a report is looked at; its page looks again by itself. */
const LOOK_MS = 250;

interface Report {
  text: string;
  /** Epoch ms. */
  orderedAt: number;
}

/** What a session has ordered so far, and how often each number was looked up in it. */
interface Ordered {
  reports: Report[];
  asked: Map<string, number>;
}

/**
 * Prairie States Life: no page shows a value; the book is a CSV file that comes after a report is
 * ordered. A demo carrier: its portal runs on this machine.
 */
const prairieStates: CarrierFactory = (kit) => {
  const address = kit.address('prairie-states', 'http://127.0.0.1:4805');
  const sessions = new WeakMap<Page, Ordered>();

  /** Orders a report of the whole book, waits for it (the limit of the step ends that), and takes the file. */
  const order = async (page: Page): Promise<Report> => {
    const orderedAt = Date.now();
    await page.goto(`${address}/reports`);
    // Closed policies are in this one alone; older reports in the list are left alone.
    const type = await kit.find(page, { label: 'Report' });
    await type.selectOption({ label: 'All policies' });
    await (await kit.find(page, { role: ['button', 'Order report'] })).click();
    await page.waitForURL(/\/reports\/\d+$/);
    const state = page.locator('#ready, #preparing').first();
    while ((await state.getAttribute('id')) !== 'ready') await page.waitForTimeout(LOOK_MS);
    const link = await kit.find(page, { role: ['link', 'Download CSV'] });
    const file = await kit.download(page, () => link.click());
    return { text: file.text(), orderedAt };
  };

  /**
   * The first look at a number is in the newest report; who looks again doubts it, and is given
   * another report. Two reports serve a whole session so.
   */
  const reportFor = async (page: Page, number: string): Promise<Report> => {
    const before = sessions.get(page);
    const oldest = Date.now() - FRESH_MS;
    const kept = before?.reports.every(({ orderedAt }) => orderedAt > oldest) ? before : undefined;
    const session: Ordered = kept ?? { reports: [], asked: new Map() };
    sessions.set(page, session);
    const asked = session.asked.get(number) ?? 0;
    const wanted = asked % 2;
    const report = session.reports[wanted] ?? (await order(page));
    session.reports[wanted] = report;
    session.asked.set(number, asked + 1);
    return report;
  };

  return {
    id: 'prairie-states',
    name: 'Prairie States Life',
    origins: [address],
    demo: true,
    portalUrl: address,
    unlockSteps: 'Call the Agent Help Desk of Prairie States and ask them to restore your access.',
    sessionMinutes: 20,
    automaticSignInsPerDay: 4,
    codes: 'never',
    signIn: {
      url: `${address}/log-on`,
      fields: [
        {
          name: 'agent',
          label: 'Agent ID',
          secret: false,
          autocomplete: 'username',
          find: { name: 'agent' },
        },
        {
          name: 'password',
          label: 'Password',
          secret: true,
          autocomplete: 'current-password',
          find: { name: 'password' },
        },
      ],
      submit: { role: ['button', 'Log on'] },
      outcomes: [
        { when: { text: /Agent ID and password do not match/ }, is: 'bad-credentials' },
        { when: { css: '#log-off' }, is: 'signed-in' },
      ],
    },
    openHome: async (page) => {
      await page.goto(`${address}/reports`);
    },
    readPolicy: async (page, number) => ({
      text: { report: (await reportFor(page, number)).text },
    }),
    valueNames: kit.usualValueNames,
    parsePolicy: policyParser(kit),
    readBook: async function* (page) {
      const report = await order(page);
      sessions.set(page, { reports: [report], asked: new Map() });
      yield { text: { report: report.text } };
    },
    parseBook: bookParser(kit),
  };
};

export default prairieStates;
