import { expect, it } from 'vitest';
import { blockProblems } from '#simulator/workspace/blocks.ts';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { codeMessage } from '#core/sign-in/code-messages.ts';
import type { CodePrompt } from '#core/sign-in/code-prompt.ts';
import { codeStanding } from '#core/sign-in/sign-in.ts';
import { linkAs } from '#test/support/person-links.ts';
import { standingAlone } from '#test/support/standing-alone.ts';
import { NOW } from '#test/support/views.ts';
import type { SignInState } from '#core/sign-in/store/sign-ins.ts';
import { ANA, BEN, MARCUS, SAM } from '#test/support/people.ts';
import { useScriptedFirm } from '#test/support/use-firm.ts';

const { firm, at } = useScriptedFirm({ works: true });

/** The newest direct message about a login, once it says so. */
const told = (as: string, login: string, words: string): Promise<LocalMessage> =>
  firm.client.waitForMessage({
    as,
    channel: 'dm',
    what: `a direct message about ${login} with "${words}"`,
    that: ({ text, ephemeral }) => !ephemeral && text.includes(login) && text.includes(words),
  });

const press = (as: string, message: LocalMessage, actionId: string) =>
  firm.client.click({ as, channel: 'dm', ts: message.ts, actionId });

const enter = async (as: string, message: LocalMessage, code: string) => {
  await press(as, message, 'enter-code');
  await firm.client.waitForModal(as, (view) => view.callback_id === 'enter-code');
  return firm.client.submit(as, { code: { code } });
};

const signInOf = async (source: string): Promise<string> => {
  const { id } = await firm.db
    .selectFrom('sign_in')
    .select('id')
    .where('source_id', '=', await firm.sourceId(source))
    .where('finished_at', 'is', null)
    .executeTakeFirstOrThrow();
  return id;
};

const idOf = async (slackId: string): Promise<string> => {
  const { id } = await firm.db
    .selectFrom('person')
    .select('id')
    .where('slack_user_id', '=', slackId)
    .executeTakeFirstOrThrow();
  return id;
};

it('asks two people for their codes at once, and each code goes to its own sign-in', async () => {
  const [anas, bens] = [await firm.sourceId('S-MA-ANA'), await firm.sourceId('S-MA-BEN')];
  at.wantCode(anas, '111111');
  at.wantCode(bens, '222222');
  await linkAs(firm, ANA, 'S-MA-ANA');
  await linkAs(firm, BEN, 'S-MA-BEN');
  const hers = await told(ANA, 'Ana – Meridian', 'asks for a code');
  const his = await told(BEN, 'Ben – Meridian', 'asks for a code');
  expect(hers.text).toContain('a text to •• 42');

  const deps = { store: { db: firm.db, clock: Date.now }, clock: Date.now };
  const [herSignIn, hisSignIn] = [await signInOf('S-MA-ANA'), await signInOf('S-MA-BEN')];
  expect((await codeStanding(deps, hisSignIn, await idOf(ANA))).kind).toBe('not-yours');
  expect((await codeStanding(deps, herSignIn, await idOf(ANA))).kind).toBe('wanted');

  await enter(BEN, his, '222222');
  await enter(ANA, hers, '111 111');
  await told(BEN, 'Ben – Meridian', 'is linked');
  await told(ANA, 'Ana – Meridian', 'is linked');
  expect(at.codes()).toEqual(
    expect.arrayContaining([
      { source: bens, code: '222222' },
      { source: anas, code: '111111' },
    ]),
  );
  expect(at.codes()).toHaveLength(2);

  const kept = await firm.db.selectFrom('sealed_secret').select('kind').execute();
  expect(kept.filter(({ kind }) => kind === 'code')).toEqual([]);
  const calls = JSON.stringify(await firm.client.calls());
  const sent = `${calls}${firm.logged().join('')}`;
  for (const code of ['111111', '111 111', '222222']) expect(sent).not.toMatch(standingAlone(code));
});

it('asks the holder, whoever signs in: refuses what is no code, sends another, takes the right one', async () => {
  at.wantCode(await firm.sourceId('S-MA-SERVICE'), '333333');
  await linkAs(firm, MARCUS, 'S-MA-SERVICE');
  const [as, login] = [SAM, 'Service desk – Meridian'];
  const asked = await told(as, login, 'asks for a code');
  expect(asked.text).toContain('Marcus Webb is signing in.');

  await enter(as, asked, 'twelve');
  const refused = await firm.client.waitForModal(as);
  expect(JSON.stringify(refused)).toContain('Enter the code as you received it');
  await firm.client.submit(as, { code: { code: '999999' } });
  const again = await told(as, login, 'did not accept that code');
  await press(as, again, 'send-code-again');
  await expect.poll(() => at.codes().at(-1)?.code).toBe('send-again');
  const another = await told(as, login, 'was asked for another code');
  await enter(as, another, '888888');
  await enter(as, await told(as, login, 'did not accept that code'), '333333');
  await told(as, login, 'is linked');
  const all = await firm.client.messages(as, 'dm');
  expect(all.filter(({ text }) => text.includes(login))).toHaveLength(1);
});

it('lets the holder choose the way of the code, and choose again', async () => {
  at.offerWays(await firm.sourceId('S-MA-ANA'), { text: '444444', email: '555555' });
  await linkAs(firm, ANA, 'S-MA-ANA');
  const login = 'Ana – Meridian';
  const asked = await told(ANA, login, 'asks where to send its code');
  expect(JSON.stringify(asked.blocks)).toContain('By text to •••-17');
  await press(ANA, asked, 'choose-code-way:0');
  const first = await told(ANA, login, 'by text');
  await press(ANA, first, 'send-code-another-way');
  const again = await told(ANA, login, 'asks where to send its code');
  await press(ANA, again, 'choose-code-way:1');
  await enter(ANA, await told(ANA, login, 'by email'), '555555');
  await expect.poll(() => at.codes().at(-1)?.code).toBe('555555');
});

it.each([
  'waiting',
  'signing-in',
  'channel-wanted',
  'channel-chosen',
  'code-wanted',
  'code-checking',
  'code-again',
  'code-another',
  'linked',
  'failed',
] satisfies SignInState[])('is told in words that Slack takes when the sign-in is %s', (state) => {
  for (const reason of [null, 'code-rejected', 'code-timed-out', 'locked'] as const) {
    const name = '<!channel> *x* שרה '.repeat(12);
    const prompt: CodePrompt = {
      signInId: '01SIGNIN',
      slackId: 'U0ANA',
      sourceName: name,
      carrierId: 'meridian-annuity',
      carrierName: name,
      signingIn: name,
      state,
      reason,
      hint: name,
      channels: [
        { id: 'text', label: name },
        { id: 'app', label: 'An authenticator app' },
      ],
      codeAgain: reason === null,
      codeSentAgain: reason === 'code-rejected',
      wantedAt: NOW,
      step: '',
      ended: false,
    };
    const { text, blocks } = codeMessage(prompt, true);
    expect(blockProblems(blocks, 'message')).toEqual([]);
    expect(text).not.toContain('<!channel>');
    expect(JSON.stringify(blocks).includes('enter-code')).toBe(state === 'code-wanted');
  }
});
