import type { Browser, BrowserContext, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '#shared/secret.ts';
import { standingAlone } from '#test/support/standing-alone.ts';
import { confirmLink } from '#core/sign-in/link.ts';
import { accepts, addWaitingSync, portalThat, rejects } from '#test/support/link-firm.ts';
import { violationsOf } from '#test/support/axe.ts';
import { openChromium, openLinkSite, openPage, type LinkSite } from '#test/support/link-site.ts';

const PASSWORD = 'correct horse battery';

let browser: Browser;
beforeAll(async () => {
  browser = await openChromium();
});
afterAll(() => browser.close());

const newContext = (options: Parameters<Browser['newContext']>[0] = {}): Promise<BrowserContext> =>
  browser.newContext({ viewport: { width: 390, height: 844 }, ...options });

const heading = (page: Page) => page.getByRole('heading', { level: 1 });

/** Screens that were judged: the way to one leads over others, which are the same in each test. */
const judged = new Set<string>();

/** The screen named so is there, has no violation in light and in dark, and fits a small phone. */
const seeScreen = async (page: Page, title: string | RegExp): Promise<void> => {
  await heading(page).filter({ hasText: title }).waitFor();
  const screen = await page.evaluate(
    () => `${window.innerWidth} ${document.body.outerHTML.replaceAll(/value="[^"]*"/g, '')}`,
  );
  if (judged.has(screen)) return;
  judged.add(screen);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  expect(await violationsOf(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  // Nothing but colours differs in the dark.
  expect(await violationsOf(page, ['color-contrast'])).toEqual([]);
  const { width, height } = page.viewportSize() ?? { width: 390, height: 844 };
  await page.setViewportSize({ width: 320, height });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.setViewportSize({ width, height });
};

const typeInSlack = async (site: LinkSite, page: Page, linkId: string): Promise<void> => {
  const shown = await page.locator('.number').innerText();
  const number = /\d\d/.exec(shown)?.[0] ?? '';
  await confirmLink({ ...site.firm, store: site.firm.store }, 'dana', linkId, number);
};

const openFields = async (site: LinkSite, page: Page, requestId?: string): Promise<string> => {
  const { url, linkId } = await site.issue('dana', requestId);
  await page.goto(url);
  await page.getByRole('button', { name: 'Continue' }).click();
  if (site.firm.pairings.some((pairing) => pairing.linkId === linkId)) {
    await heading(page).filter({ hasText: 'Type this number in Slack' }).waitFor();
    await typeInSlack(site, page, linkId);
  }
  await heading(page).filter({ hasText: 'Sign in to Northbridge Life' }).waitFor();
  return url;
};

const signIn = async (page: Page, password = PASSWORD): Promise<void> => {
  await page.getByLabel('User ID').fill('dana.w');
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
};

describe('the link page', () => {
  it('links a login: continue, type the number in Slack, sign in, watch, done', async () => {
    await using site = await openLinkSite();
    await addWaitingSync(site.firm);
    await using context = await newContext();
    const page = await openPage(context);
    const { url, linkId } = await site.issue('dana', 'request');
    await page.goto(url);
    await seeScreen(page, 'Link your Northbridge Life login');
    expect(await page.locator('.about').innerText()).toMatch(
      /Dana at Northbridge[^]*Dana Whitfield, in Slack/,
    );
    await page.getByRole('button', { name: 'Continue' }).click();
    await seeScreen(page, 'Type this number in Slack');
    await typeInSlack(site, page, linkId);
    await seeScreen(page, 'Sign in to Northbridge Life');
    expect(await page.getByLabel('Keep my password').isChecked()).toBe(false);
    expect(await page.getByLabel('User ID').getAttribute('autocomplete')).toBe('username');
    await signIn(page);
    await seeScreen(page, 'Waiting for our turn to sign in');
    const gate = Promise.withResolvers<void>();
    const portal = portalThat(async (_hooks, submit) => {
      await submit();
      await gate.promise;
      return { kind: 'signed-in' };
    });
    site.worker(portal);
    await seeScreen(page, 'Signing in at Northbridge Life');
    gate.resolve();
    await seeScreen(page, 'Northbridge Life is linked');
    await page.getByText('Your sync of policy 00123-4567 is starting').waitFor();
    expect(portal.submitted).toEqual([PASSWORD]);
    expect([...page.seen, ...site.log, await page.content()].join('\n')).not.toContain('horse');
    expect(page.url()).toBe(url);
  });

  it('asks for the code the portal wants, names a slip beside the field, and goes on', async () => {
    await using site = await openLinkSite({ facts: { codes: 'always', sendsCodeAgain: true } });
    site.worker(
      portalThat(async (hooks, submit) => {
        await submit();
        let code = await hooks.code('Sent to ***-**17');
        if (code === 'send-again') code = await hooks.code('Sent once more to ***-**17');
        if (code instanceof Secret && code.reveal() === '123456') return { kind: 'signed-in' };
        return { kind: 'failure', reason: 'code-rejected' };
      }),
    );
    await using context = await newContext();
    const page = await openPage(context);
    await openFields(site, page);
    await signIn(page);
    await seeScreen(page, 'Northbridge Life asks for a code');
    const code = page.getByLabel('Code', { exact: true });
    expect(await code.getAttribute('inputmode')).toBe('numeric');
    expect(await code.getAttribute('autocomplete')).toBe('one-time-code');
    await code.fill('12');
    await page.getByRole('button', { name: 'Sign in with this code' }).click();
    await page.getByRole('alert').getByText('Enter the code as you received it').waitFor();
    expect(await code.getAttribute('aria-invalid')).toBe('true');
    await seeScreen(page, 'Northbridge Life asks for a code');
    await page.getByRole('button', { name: 'Send me another code' }).click();
    await page.getByText('Sent once more to ***-**17').waitFor();
    await page.getByText('Another code was asked for.').waitFor();
    await code.fill('123 456');
    await code.press('Enter');
    await seeScreen(page, 'Northbridge Life is linked');
    for (const code of ['123456', '123 456'])
      expect(page.seen.join('\n')).not.toMatch(standingAlone(code));
  });

  it('lets the person choose the way of the code, names a slip, and offers another way', async () => {
    await using site = await openLinkSite({ facts: { codes: 'always' } });
    const ways = [
      { id: 'text', label: 'Text message to (•••) •••-1917' },
      { id: 'email', label: 'E-mail to d•••@a-very-long-domain-name-of-an-agency.example' },
      { id: 'app', label: 'Authenticator app' },
    ];
    site.worker(
      portalThat(async (hooks, submit) => {
        await submit();
        for (;;) {
          const way = await hooks.channel?.(ways);
          if ((await hooks.code(`Sent by ${way}`)) !== 'another-way') return { kind: 'signed-in' };
        }
      }),
    );
    await using context = await newContext();
    const page = await openPage(context);
    await openFields(site, page);
    await signIn(page);
    const title = 'How should Northbridge Life give you its code?';
    await seeScreen(page, title);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByRole('alert').getByText('Choose where the code should go.').waitFor();
    await seeScreen(page, title);
    await page.getByRole('radio', { name: /Text message/ }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Sent by text').waitFor();
    await seeScreen(page, 'Northbridge Life asks for a code');
    await page.getByRole('button', { name: 'Use another way' }).click();
    await page.getByRole('radio', { name: 'Authenticator app' }).check();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('Sent by app').waitFor();
    await page.getByLabel('Code', { exact: true }).fill('123456');
    await page.getByRole('button', { name: 'Sign in with this code' }).click();
    await seeScreen(page, 'Northbridge Life is linked');
    expect(page.seen.join('\n')).not.toMatch(standingAlone('123456'));
  });

  it('says that a password was wrong, submits it once, and warns before the third', async () => {
    await using site = await openLinkSite();
    const portal = rejects();
    site.worker(portal);
    await using context = await newContext();
    const page = await openPage(context);
    const url = await openFields(site, page);
    await signIn(page, 'first guess');
    await page
      .getByRole('alert')
      .getByText('Northbridge Life refused the user ID or password')
      .waitFor();
    await seeScreen(page, 'Sign in to Northbridge Life');
    expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('');
    expect(await page.getByLabel('User ID').inputValue()).toBe('dana.w');
    await page.reload();
    await page.goto(url);
    expect(portal.submitted).toEqual(['first guess']);
    await signIn(page, 'second guess');
    await page
      .getByRole('heading', { name: 'One more wrong password may lock this login' })
      .waitFor();
    await seeScreen(page, 'Sign in to Northbridge Life');
    expect(portal.submitted).toEqual(['first guess', 'second guess']);
    await page.getByRole('button', { name: 'Stop here' }).click();
    await seeScreen(page, 'Stopped, and nothing more is sent');
    expect(portal.submitted).toHaveLength(2);
  });

  it('names empty fields in a summary and beside them, and keeps what is no secret', async () => {
    await using site = await openLinkSite();
    await using context = await newContext();
    const page = await openPage(context);
    await openFields(site, page);
    await page.getByLabel('User ID').fill('<b>dana</b>');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('alert').getByRole('link', { name: 'Enter your password.' }).click();
    expect(
      await page
        .getByLabel('Password', { exact: true })
        .evaluate((input) => input === document.activeElement),
    ).toBe(true);
    expect(await page.getByLabel('User ID').inputValue()).toBe('<b>dana</b>');
    expect(await page.title()).toMatch(/^Error: /);
    await seeScreen(page, 'Sign in to Northbridge Life');
  });

  it('explains what only the person can mend, and offers another try', async () => {
    await using site = await openLinkSite();
    site.worker(rejects('locked'));
    await using context = await newContext();
    const page = await openPage(context);
    await openFields(site, page);
    await signIn(page);
    await seeScreen(page, 'Northbridge Life has locked this login');
    expect(await page.getByRole('main').innerText()).toContain('Call Northbridge at 555-0100');
    await page.getByRole('link', { name: 'Sign in again' }).click();
    await heading(page).filter({ hasText: 'Sign in to Northbridge Life' }).waitFor();
  });

  it('refuses a second browser, an ended, an expired and an unknown link, in plain words', async () => {
    await using site = await openLinkSite();
    await using context = await newContext();
    const page = await openPage(context);
    const url = await openFields(site, page);
    await using elsewhere = await newContext();
    const other = await elsewhere.newPage();
    await other.goto(url);
    await other.getByRole('button', { name: 'Continue' }).click();
    await seeScreen(other, 'This link is open in another browser');
    const wrong = await site.issue();
    await other.goto(wrong.url);
    await other.getByRole('button', { name: 'Continue' }).click();
    await heading(other).filter({ hasText: 'Type this number' }).waitFor();
    await confirmLink({ ...site.firm, store: site.firm.store }, 'dana', wrong.linkId, '00');
    await seeScreen(other, 'That was not the number');
    const old = await site.issue();
    await site.firm.db
      .updateTable('link')
      .set({ expires_at: Date.now() })
      .where('id', '=', old.linkId)
      .execute();
    await other.goto(old.url);
    await seeScreen(other, 'This link has expired');
    await other.goto(`${site.origin}/link/unknown`);
    await seeScreen(other, 'This link does not work');
    expect(await site.firm.db.selectFrom('sign_in').selectAll().execute()).toEqual([]);
  });

  it('knows a browser that was confirmed before, also when the click comes from another site', async () => {
    await using site = await openLinkSite();
    await using context = await newContext();
    const page = await openPage(context);
    await openFields(site, page);
    const { url } = await site.issue();
    await page.route('https://slack.example/', (route) =>
      route.fulfill({ contentType: 'text/html', body: `<a href="${url}">Link</a>` }),
    );
    await page.goto('https://slack.example/');
    await page.getByRole('link', { name: 'Link' }).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await heading(page).filter({ hasText: 'Sign in to Northbridge Life' }).waitFor();
    expect(site.firm.pairings).toHaveLength(1);
  });

  it('keeps a password when it is asked to, and offers it the next time', async () => {
    await using site = await openLinkSite({ facts: { codes: 'sometimes' } });
    const portal = accepts();
    site.worker(portal);
    await using context = await newContext();
    const page = await openPage(context);
    await openFields(site, page);
    await page.getByLabel('Keep my password').check();
    await signIn(page);
    await heading(page).filter({ hasText: 'is linked' }).waitFor();
    await openFields(site, page);
    await seeScreen(page, 'Sign in to Northbridge Life');
    await page.getByRole('button', { name: 'Sign in with the password we keep' }).click();
    await heading(page).filter({ hasText: 'is linked' }).waitFor();
    expect(portal.submitted).toEqual([PASSWORD, PASSWORD]);
  });

  it('takes an authenticator setup key with the password, never shows it again, and removes it', async () => {
    await using site = await openLinkSite({
      facts: { codes: 'always', trustDays: 30, authenticatorChannel: 'app' },
    });
    const given: string[] = [];
    site.worker(
      portalThat(async (hooks, submit) => {
        await submit();
        given.push((await hooks.timeCode?.())?.reveal() ?? 'none');
        return { kind: 'signed-in' };
      }),
    );
    await using context = await newContext();
    const page = await openPage(context);
    await openFields(site, page);
    const key = page.getByLabel('Authenticator setup key (optional)');
    await key.fill('287082');
    await signIn(page);
    const alert = page.getByRole('alert');
    await alert.getByText('This is no setup key.').waitFor();
    await alert.getByText('Tick "Keep my password" too').waitFor();
    await seeScreen(page, 'Sign in to Northbridge Life');
    expect(await key.inputValue()).toBe('');
    await page.getByLabel('Keep my password').check();
    await key.fill('GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ');
    await signIn(page);
    await seeScreen(page, 'Northbridge Life is linked');
    expect(given).toEqual([expect.stringMatching(/^\d{6}$/)]);

    await openFields(site, page);
    await page.getByText('One is kept already.').waitFor();
    await seeScreen(page, 'Sign in to Northbridge Life');
    await page.getByRole('button', { name: 'Remove the kept setup key' }).click();
    await page.getByText('beside the QR code when you set up').waitFor();
    expect(page.seen.join('\n')).not.toMatch(/GEZD/);
  });

  it('says until when the carrier keeps us signed in, where that is soon', async () => {
    await using site = await openLinkSite({ facts: { sessionMinutes: 20 } });
    site.worker(portalThat(async (_hooks, submit) => (await submit(), { kind: 'signed-in' })));
    await using context = await newContext();
    const page = await openPage(context);
    const url = await openFields(site, page);
    await signIn(page);
    await seeScreen(page, 'Northbridge Life is linked');
    const { ends_at } = await site.firm.db
      .selectFrom('login_link')
      .select('ends_at')
      .where('source_id', '=', 'source')
      .executeTakeFirstOrThrow();
    const until = await page.evaluate(
      (at) => new Date(at).toLocaleTimeString('en-US', { hour: 'numeric', minute: '2-digit' }),
      ends_at ?? 0,
    );
    const said = await page.getByText('keeps us signed in').innerText();
    expect(said).toContain(`until ${until}. After that, press Link in Slack again.`);
    expect(said).toContain('we can sign in again by ourselves');
    await site.firm.db
      .updateTable('login_link')
      .set({ ends_at: Date.now() + 8 * 3_600_000 })
      .execute();
    await page.goto(url);
    await seeScreen(page, 'Northbridge Life is linked');
    expect(await page.getByRole('main').innerText()).not.toContain('keeps us signed in');
  });

  it('promises of passwords and codes what holds, in words for everybody', async () => {
    await using site = await openLinkSite({ facts: { codes: 'always' } });
    site.worker(
      portalThat(async (hooks, submit) => {
        await submit();
        await hooks.code(undefined);
        return { kind: 'signed-in' };
      }),
    );
    await using context = await newContext();
    const page = await openPage(context);
    await openFields(site, page);
    const promise = await page.getByRole('contentinfo').innerText();
    expect(promise).toMatch(/asks for a password in Slack, by mail or by phone/u);
    expect(promise).not.toMatch(/Nobody[^.]*code/u);
    expect(promise).toContain('only for a sign-in that you began or agreed to');
    await signIn(page);
    await seeScreen(page, 'Northbridge Life asks for a code');
    expect(page.seen.join('\n')).not.toContain('worker');
  });

  it('works with script off', async () => {
    await using site = await openLinkSite();
    await using context = await newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    const { url, linkId } = await site.issue();
    await page.goto(url);
    await page.getByRole('button', { name: 'Continue' }).click();
    await heading(page).filter({ hasText: 'Type this number' }).waitFor();
    await typeInSlack(site, page, linkId);
    await heading(page).filter({ hasText: 'Sign in to Northbridge Life' }).waitFor();
    await signIn(page);
    await heading(page).filter({ hasText: 'Waiting for our turn to sign in' }).waitFor();
    site.worker(
      portalThat(async (hooks, submit) => {
        await submit();
        await hooks.code(undefined);
        return { kind: 'signed-in' };
      }),
    );
    await heading(page).filter({ hasText: 'asks for a code' }).waitFor();
    await page.getByLabel('Code', { exact: true }).fill('123456');
    await page.getByRole('button', { name: 'Sign in with this code' }).click();
    await heading(page).filter({ hasText: 'is linked' }).waitFor();
    expect(await page.getByRole('main').innerText()).toContain('go back to Slack');
  });
});
