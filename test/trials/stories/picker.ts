import type { KnownBlock } from '@slack/types';
import { CASES } from '#simulator/portals/cases.ts';
import type { LocalView } from '#simulator/workspace/protocol.ts';
import { elementsIn, optionsOf } from '#simulator/workspace/targets.ts';
import { visitLink } from '../link-visit.ts';
import { ANA, drawModal, loginOf, replyWith, syncsOf, TEAM, until, type Story } from '../stage.ts';

const { number } = CASES.codePicker;
const SOURCE = 'Ana – Meridian';

/** The value of the picker's choice that names this login. */
const choiceOf = (view: LocalView, name: string): string => {
  const options = elementsIn(view.blocks as KnownBlock[]).flatMap(({ element }) =>
    optionsOf(element),
  );
  const found = options.find(({ text }) => text.includes(name));
  if (found === undefined) throw new Error(`The picker does not offer ${name}.`);
  return found.value;
};

export const picker: Story = {
  name: 'picker',
  about:
    'a picker with an Unlinked source, linked through the page with a code, then synced by itself',
  tell: async (stage) => {
    const { client, local, db } = stage.firm;
    stage.say(`Ana types in #team: /sync policy ${number}`);
    await client.command(ANA, TEAM, `/sync policy ${number}`);
    const modal = await client.waitForModal(ANA, (view) => view.callback_id === 'pick-source');
    stage.show(await drawModal(stage, ANA, modal));
    stage.say(`Ana chooses ${SOURCE}, which is Unlinked, and presses Sync.`);
    await client.submit(ANA, { source: { source: choiceOf(modal, SOURCE) } });
    const card = await client.waitForMessage({
      as: ANA,
      channel: TEAM,
      what: 'the card',
      that: ({ text, ephemeral }) => !ephemeral && text.includes(number),
    });

    const { user, password } = loginOf('S-MA-ANA');
    const portal = local.portals.meridian;
    await using visit = await visitLink(stage, ANA, 'Ana');
    stage.say('Ana types her user name and password on the page, not in Slack.');
    await visit.signIn(user, password);
    await visit.heading('asks for a code');
    const code = await until('the code', () => portal.lastCode(user));
    stage.say(`Meridian sends her the code ${code}; she enters it on the page.`);
    await visit.enterCode(code);
    await visit.heading('is linked');
    stage.say('The page says that it is linked. Nobody does anything more.');
    await replyWith(stage, ANA, card, 'Success');
    const thread = await client.transcript(ANA, TEAM, card.ts);
    stage.show(thread);

    stage.prove(
      'the sync started by itself and is a Success',
      (await syncsOf(stage, number)).map(({ status }) => status),
      ['success'],
    );
    stage.prove(
      'the thread says that the login was linked',
      thread.includes(`${SOURCE} is linked`),
      true,
    );
    stage.prove(
      'the portal saw the password once, and the code once',
      (await portal.ledger()).map(({ user, step, result }) => `${user} ${step} ${result}`),
      [`${user} password accepted`, `${user} code accepted`],
    );
    stage.prove(
      'the password was not kept',
      await db
        .selectFrom('sealed_secret')
        .select('kind')
        .where('kind', '=', 'password')
        .where('created_at', '>', Number(card.ts) * 1000)
        .execute(),
      [],
    );
    stage.prove(
      'no password and no code is in Slack',
      [password, code].filter((secret) => thread.includes(secret)),
      [],
    );
    return 'linked with a code, and Success without another click.';
  },
};
