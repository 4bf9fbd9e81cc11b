import { expect, it } from 'vitest';
import { takeCodeStep } from '#core/logins/store/link.ts';
import { mayAutomaticallySignIn } from '#core/sign-in/rules.ts';
import { confirmLink, continueLink, findLink, issueLink } from '#core/sign-in/link.ts';
import { forgetBrowsers } from '#core/sign-in/store/retention.ts';
import { beginSignIn } from '#core/sign-in/sign-in.ts';
import { sweepSignIns } from '#core/sign-in/sign-in-run.ts';
import { readTries } from '#core/sign-in/store/sign-ins.ts';
import { openLinkFirm, TYPED, type LinkFirm } from '#test/support/link-firm.ts';
import { readyLink } from '#test/support/ready-link.ts';

const MINUTE = 60_000;
const YEARS = 1000 * 24 * 60 * MINUTE;

const tried = ({ db, time }: LinkFirm, id: string, automatic: 0 | 1, outcome: string | null) =>
  db
    .insertInto('sign_in_try')
    .values({ id, source_id: 'source', automatic, outcome, submitted_at: time.now })
    .execute();

const said = async ({ db, time }: LinkFirm): Promise<string> => {
  const carrier = { codes: 'never', automaticSignInsPerDay: 5 } as const;
  const answer = mayAutomaticallySignIn(await readTries(db, 'source'), carrier, time.now);
  return answer.kind === 'yes' ? 'yes' : answer.why;
};

it('a password that got no answer after the clock was set back lets none follow until a person links', async () => {
  await using firm = await openLinkFirm();
  await tried(firm, '3', 0, 'signed-in');
  expect(await said(firm)).toBe('yes');
  firm.time.now -= 3 * MINUTE;
  await tried(firm, '2', 1, null);
  expect(await said(firm)).toBe('not-accepted');
  firm.time.now -= 3 * MINUTE;
  await tried(firm, '1', 0, 'signed-in');
  expect(await said(firm)).toBe('yes');
});

it('an authenticator gives codes again when a clock that stood years ahead is right again', async () => {
  await using firm = await openLinkFirm();
  const step = firm.time.now + MINUTE;
  expect(await takeCodeStep(firm.db, 'source', step + YEARS)).toBe(true);
  expect(await takeCodeStep(firm.db, 'source', step)).toBe(true);
  expect(await takeCodeStep(firm.db, 'source', step)).toBe(false);
  expect(await takeCodeStep(firm.db, 'source', step - MINUTE)).toBe(false);
});

it('a sign-in that began by a clock years ahead keeps no login busy and no password sealed', async () => {
  await using firm = await openLinkFirm();
  const begin = async () => (await beginSignIn(firm, await readyLink(firm), TYPED, true)).kind;
  const sealed = () => firm.db.selectFrom('sealed_secret').select('kind').execute();
  firm.time.now += YEARS;
  expect(await begin()).toBe('begun');
  firm.time.now -= YEARS;

  await sweepSignIns(firm.runner);

  expect(await sealed()).toEqual([]);
  expect(await begin()).toBe('begun');
  await sweepSignIns(firm.runner);
  expect(await sealed()).toEqual([{ kind: 'credentials' }]);
});

const standing = async (firm: LinkFirm, token: string) =>
  (await findLink(firm, token, undefined))?.standing.kind;

it('a link that a clock years ahead made ends with the next sweep, and right ones stay', async () => {
  await using firm = await openLinkFirm();
  const issue = async () => {
    const issued = await issueLink(firm, { personId: 'dana', sourceId: 'source' });
    return issued.kind === 'issued' ? issued.token : '';
  };
  const right = await issue();
  firm.time.now += YEARS;
  const ahead = await issue();
  firm.time.now -= YEARS;
  expect(await standing(firm, ahead)).toBe('new');

  await sweepSignIns(firm.runner);

  expect(await standing(firm, ahead)).toBe('expired');
  expect(await standing(firm, right)).toBe('new');
  firm.time.now += YEARS;
  expect(await standing(firm, ahead)).toBe('expired');
});

it('a browser that was confirmed by a clock years ahead is asked for its number again', async () => {
  await using firm = await openLinkFirm();
  const visit = async () => {
    const issued = await issueLink(firm, { personId: 'dana', sourceId: 'source' });
    if (issued.kind !== 'issued') throw new Error('The link was not issued.');
    const shown = await continueLink(firm, issued.token, 'browser');
    return { shown, linkId: issued.linkId };
  };
  firm.time.now += YEARS;
  const { shown, linkId } = await visit();
  if (shown.kind === 'pairing') await confirmLink(firm, 'dana', linkId, shown.number);
  expect((await visit()).shown.kind).toBe('ready');
  firm.time.now -= YEARS;

  expect((await visit()).shown.kind).toBe('pairing');

  await forgetBrowsers(firm.store, firm.time.now);
  firm.time.now += YEARS;
  expect((await visit()).shown.kind).toBe('pairing');
});
