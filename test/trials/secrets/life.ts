import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { submitCode } from '#core/sign-in/sign-in.ts';
import { keyPlaceIn, sealerOf } from '#database/keys.ts';
import { unlinkSource } from '#core/logins/store/login-sources.ts';
import type { Credentials } from '#portal/portal.ts';
import { Secret } from '#shared/secret.ts';
import { localFirmStore } from '#simulator/store.ts';
import { loginOf, TEAM } from '../stage.ts';
import { openLinkForm } from '../lockout/link-form.ts';
import { CALENDAR_PATH, until, type SecretsFirm } from './firm.ts';
import type { Planted } from './search.ts';

const [ANA, BEN, OLIVIA] = ['UANARUIZ1', 'UBENCART1', 'UOLIVIA01'] as const;
export const HARBOR = 'TRIAL-HT';
export const NUMBER = '00123-4567';
const SETUP_KEY = 'MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U';
/** Its digits are those of nothing else here. */
const CODE = '739164';
/** With what addresses, forms and JSON write in another way. */
const password = (name: string): string => `${name}&"33" +%`;

/** What a person of the firm does, with a secret in each act; what was planted is told as it is made. */
export const liveWithSecrets = (firm: SecretsFirm, plant: (planted: Planted) => void) => {
  const { db, client, portal, folder, botUrl } = firm;
  const sealer = sealerOf(keyPlaceIn(join(folder, 'keys')));
  const sourceOf = localFirmStore(db).sourceId;
  const personOf = async (slackId: string): Promise<string> =>
    (
      await db
        .selectFrom('person')
        .select('id')
        .where('slack_user_id', '=', slackId)
        .executeTakeFirstOrThrow()
    ).id;
  const credentials = (user: string, typed: string): Credentials => ({
    user: new Secret(user),
    username: new Secret(user),
    password: new Secret(typed),
  });

  /** Sealed still, and soon deleted: then these bytes are in no file. */
  const plantSealed = async (
    sourceId: string,
    about: string,
    only?: 'credentials',
  ): Promise<void> => {
    const all = await db
      .selectFrom('sealed_secret')
      .select(['kind', 'sealed'])
      .where('source_id', '=', sourceId)
      .execute();
    const rows = all.filter(({ kind }) => only === undefined || kind === only);
    if (rows.length === 0) throw new Error(`Nothing is sealed of ${sourceId}.`);
    for (const { kind, sealed } of rows)
      plant({ name: `sealed and deleted: ${kind}, ${about}`, secret: sealed });
  };

  /** The form on the link page, sent while the worker stands still: what waits for it is seen sealed. */
  const sendForm = async (
    about: string,
    who: string,
    sourceId: string,
    typed: Credentials,
    more?: Record<string, string>,
  ): Promise<void> => {
    const form = await openLinkForm(
      { db, botUrls: [botUrl] },
      { personId: await personOf(who), sourceId },
      typed,
      more,
    );
    plant({ name: `the link's token, ${about}`, secret: form.token });
    for (const cookie of form.cookies())
      plant({ name: `the browser's cookie, ${about}`, secret: cookie });
    const { pid } = await firm.worker();
    process.kill(pid, 'SIGSTOP');
    try {
      await form.send();
      // One that is kept is deleted when its login is unlinked.
      if (more?.['keep'] === undefined) await plantSealed(sourceId, about, 'credentials');
    } finally {
      process.kill(pid, 'SIGCONT');
    }
  };

  const ended = (sourceId: string): Promise<string> =>
    until(`the end of a sign-in of ${sourceId}`, async () => {
      const open = await db
        .selectFrom('sign_in')
        .select(['finished_at', 'state', 'reason'])
        .where('source_id', '=', sourceId)
        .orderBy('id', 'desc')
        .executeTakeFirstOrThrow();
      return open.finished_at === null ? undefined : `${open.state} ${open.reason ?? ''}`.trim();
    });

  return {
    calendarGiven: async (): Promise<void> => {
      plant({ name: "the calendar's address", secret: CALENDAR_PATH });
      await client.command(ANA, TEAM, '/sync meetings');
      const { ts } = await client.waitForMessage({
        as: ANA,
        channel: TEAM,
        what: 'the meetings',
        that: ({ ephemeral, text }) => ephemeral && text.includes('No meeting is planned'),
      });
      await client.click({ as: ANA, channel: TEAM, ts, text: 'Give my calendar' });
      await client.waitForModal(ANA);
      await client.submit(ANA, { labels: { Address: firm.outside + CALENDAR_PATH } });
      await until('a calendar that is kept', async () =>
        db.selectFrom('calendar').select('person_id').executeTakeFirst(),
      );
      await client.closeModal(ANA);
    },

    linkWithCode: async (): Promise<string> => {
      const { user } = loginOf('S-MA-ANA');
      const typed = password('Saltmarsh');
      plant({ name: 'a password, typed once', secret: typed });
      plant({ name: 'a code', secret: CODE, isCode: true });
      await portal('meridian-annuity').setLogin(user, {
        ways: ['text'],
        password: typed,
        sentCode: CODE,
      });
      const source = await sourceOf('S-MA-ANA');
      await sendForm('with a code', ANA, source, credentials(user, typed));
      const signIn = await until('a code', async () =>
        db.selectFrom('sign_in').select('id').where('state', '=', 'code-wanted').executeTakeFirst(),
      );
      await submitCode(
        {
          store: { db, clock: Date.now },
          sealer,
          clock: Date.now,
          carrier: () => undefined,
          changed: () => Promise.resolve(),
        },
        signIn.id,
        await personOf(ANA),
        new Secret(CODE),
      );
      return ended(source);
    },

    linkWithSetupKey: async (): Promise<string> => {
      await db
        .insertInto('login_source')
        .values({
          id: HARBOR,
          external_id: HARBOR,
          name: 'Ana – Harbor',
          carrier_id: 'harbor-trust',
          holder_id: await personOf(ANA),
        })
        .execute();
      const typed = password('Tidewater');
      plant({ name: 'a password, kept', secret: typed });
      plant({ name: 'a setup key', secret: SETUP_KEY });
      await portal('harbor-trust').setLogin('sandbox', {
        ways: ['text', 'app'],
        seed: SETUP_KEY,
        password: typed,
      });
      await sendForm('with a setup key', ANA, HARBOR, credentials('sandbox', typed), {
        keep: 'on',
        'setup-key': SETUP_KEY,
      });
      return ended(HARBOR);
    },

    /** Password, setup key and session were kept until now. */
    unlinked: async (): Promise<void> => {
      await plantSealed(HARBOR, 'unlinked');
      await unlinkSource({ db, clock: Date.now }, HARBOR, await personOf(ANA));
    },

    linkRefused: async (): Promise<string> => {
      const typed = password('Foxglove');
      plant({ name: 'a password, refused', secret: typed });
      const source = await sourceOf('S-NB-OLIVIA');
      const { user } = loginOf('S-NB-OLIVIA');
      await sendForm('refused', OLIVIA, source, credentials(user, typed));
      return ended(source);
    },

    /** A kept password signs in by itself, to a page that nobody has seen. */
    changedPage: async (): Promise<void> => {
      plant({ name: 'a password, used by itself', secret: loginOf('S-NB-ANA').password });
      await portal('northbridge-life').set(NUMBER, { changedPage: true });
      await client.command(ANA, TEAM, `/sync policy ${NUMBER}`);
      await until('a picture and what was done before it', () => {
        const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
        const seen = ['.png', '.txt'].every((end) => names.some((name) => name.endsWith(end)));
        return Promise.resolve(seen ? true : undefined);
      });
    },

    /** Killed with a password on its way, whose answer never comes. */
    workerKilled: async (round: number): Promise<string> => {
      const typed = password(`Lighthouse${round}`);
      plant({ name: `a password, under way at kill ${round}`, secret: typed });
      const { user } = loginOf('S-NB-BEN');
      const at = portal('northbridge-life');
      await at.setLogin(user, { password: typed, hangs: true });
      const before = (await at.ledger(user)).length;
      const source = await sourceOf('S-NB-BEN');
      await sendForm(`killed ${round}`, BEN, source, credentials(user, typed));
      await until('a password on its way', async () =>
        (await at.ledger(user)).length > before ? true : undefined,
      );
      const { pid } = await firm.worker();
      process.kill(pid, 'SIGKILL');
      const how = await ended(source);
      await at.setLogin(user, { hangs: false });
      return how;
    },
  };
};
