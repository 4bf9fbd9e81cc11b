import type { KnownBlock } from '@slack/types';
import { CASES } from '#simulator/portals/cases.ts';
import type { LocalMessage } from '#simulator/workspace/protocol.ts';
import { elementsIn, optionsOf } from '#simulator/workspace/targets.ts';
import { askFor, isCardOf } from '#test/support/firm.ts';
import { visitLink } from '../link-visit.ts';
import {
  ANA,
  BEN,
  loginOf,
  replyWith,
  syncsOf,
  TEAM,
  until,
  type Stage,
  type Story,
} from '../stage.ts';

const HERS = { number: CASES.codePicker.number, login: 'Ana – Meridian', source: 'S-MA-ANA' };
const HIS = { number: CASES.singleUnlinked.number, login: 'Ben – Meridian', source: 'S-MA-BEN' };

/** The bot's direct message about a login, once it says so. */
const told = (stage: Stage, as: string, login: string, words: string): Promise<LocalMessage> =>
  stage.firm.client.waitForMessage({
    as,
    channel: 'dm',
    what: `a direct message about ${login}`,
    that: ({ text, ephemeral }) => !ephemeral && text.includes(login) && text.includes(words),
    ms: 60_000,
  });

const codeOf = (stage: Stage, source: string): Promise<string> =>
  until('the code', () => stage.firm.local.portals.meridian.lastCode(loginOf(source).user));

const enterInSlack = async (stage: Stage, as: string, ts: string, code: string): Promise<void> => {
  const { client } = stage.firm;
  await client.click({ as, channel: 'dm', ts, actionId: 'enter-code' });
  await client.waitForModal(as, (view) => view.callback_id === 'enter-code');
  await client.submit(as, { code: { code } });
};

export const twoCodes: Story = {
  name: 'two-codes',
  about: 'two people asked for codes at once by direct message; each code goes to its own sign-in',
  tell: async (stage) => {
    const { client, local } = stage.firm;
    stage.say(`Ana types in #team: /sync policy ${HERS.number}, and picks ${HERS.login}.`);
    await client.command(ANA, TEAM, `/sync policy ${HERS.number}`);
    const picker = await client.waitForModal(ANA, (view) => view.callback_id === 'pick-source');
    const choice = elementsIn(picker.blocks as KnownBlock[])
      .flatMap(({ element }) => optionsOf(element))
      .find(({ text }) => text.includes(HERS.login));
    await client.submit(ANA, { source: { source: choice?.value ?? '' } });
    const herCard = await client.waitForMessage({
      as: ANA,
      channel: TEAM,
      what: "Ana's card",
      that: isCardOf(ANA, HERS.number),
    });
    await using hers = await visitLink(stage, ANA, 'Ana');

    stage.say(`Ben types in #team: /sync policy ${HIS.number}, and presses Link.`);
    const hisCard = await askFor(
      stage.firm,
      BEN,
      TEAM,
      `/sync policy ${HIS.number}`,
      isCardOf(BEN, HIS.number),
    );
    await client.click({ as: BEN, channel: TEAM, ts: hisCard.ts, actionId: 'link' });
    await using his = await visitLink(stage, BEN, 'Ben');

    stage.say('Both sign in on their pages, at the same time.');
    await Promise.all([
      hers.signIn(loginOf(HERS.source).user, loginOf(HERS.source).password),
      his.signIn(loginOf(HIS.source).user, loginOf(HIS.source).password),
    ]);
    const herMessage = await told(stage, ANA, HERS.login, 'asks for a code');
    const hisMessage = await told(stage, BEN, HIS.login, 'asks for a code');
    stage.show(await client.transcript(ANA, 'dm'));
    stage.show(await client.transcript(BEN, 'dm'));
    const [herCode, hisCode] = [await codeOf(stage, HERS.source), await codeOf(stage, HIS.source)];
    stage.say(`Ben enters ${hisCode} in Slack, then Ana enters ${herCode}.`);
    await enterInSlack(stage, BEN, hisMessage.ts, hisCode);
    await enterInSlack(stage, ANA, herMessage.ts, herCode);
    await told(stage, ANA, HERS.login, 'is linked');
    await told(stage, BEN, HIS.login, 'is linked');
    await replyWith(stage, ANA, herCard, 'Success');
    await replyWith(stage, BEN, hisCard, 'Success');
    stage.show(await client.transcript(ANA, TEAM, herCard.ts));
    stage.show(await client.transcript(BEN, TEAM, hisCard.ts));

    for (const { number, source } of [HERS, HIS]) {
      const { user } = loginOf(source);
      stage.prove(
        `the portal took the password and the code of ${user}, once each`,
        (await local.portals.meridian.ledger(user)).map(({ step, result }) => `${step} ${result}`),
        ['password accepted', 'code accepted'],
      );
      stage.prove(
        `and the sync through it is a Success`,
        (await syncsOf(stage, number)).map(({ status }) => status),
        ['success'],
      );
    }
    const all = [
      await client.transcript(ANA, 'dm'),
      await client.transcript(BEN, 'dm'),
      await client.transcript(ANA, TEAM, herCard.ts),
      await client.transcript(BEN, TEAM, hisCard.ts),
    ].join('\n');
    stage.prove(
      'no code is in Slack',
      [herCode, hisCode].filter((code) => all.includes(code)),
      [],
    );
    return 'two codes, each to the sign-in that asked for it, both Success.';
  },
};
