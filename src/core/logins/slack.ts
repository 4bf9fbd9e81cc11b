import { peopleOnSlack, sourcesOf, sourcesOfFirm } from './store/login-sources.ts';
import { carrierNames } from '#core/policies/store/report.ts';
import {
  changeSource,
  addSource,
  managesFirm,
  sourceFor,
  type SourceChange,
} from './login-sources.ts';
import { endHold, holdSource, USUAL_HOLD } from '#features/holds/hold.ts';
import type { Actor } from '#shared/access.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import { bold } from '#slack/blocks.ts';
import { parseSource, parseSourceAct } from '#slack/click-values.ts';
import type { Desk, SlackApp } from '#slack/desk.ts';
import { heldAnswer } from '#features/holds/slack.ts';
import { onPress, openedFrom, type Press } from '#slack/press.ts';
import {
  ADD_SOURCE,
  addModal,
  changedModal,
  removeModal,
  renameModal,
  shareModal,
  unlinkModal,
} from './modals.ts';
import {
  FIRM_PAGE,
  firmMessage,
  parseSourceList,
  sourcesMessage,
  type SourceList,
} from './messages.ts';
import { whoIs } from '#slack/who.ts';

export const sourcesAnswer = async (
  desk: Desk,
  actor: Actor,
  list: SourceList = { kind: 'mine' },
): Promise<Answer> => {
  const settings = { now: desk.clock(), canLink: desk.settings.publicUrl !== undefined };
  if (list.kind === 'mine' || !managesFirm(actor))
    return sourcesMessage(await sourcesOf(desk.store, actor.id), actor, settings);
  const found = await sourcesOfFirm(desk.store, FIRM_PAGE, list.page * FIRM_PAGE);
  return firmMessage(found, list.page, actor, settings);
};

const MODALS = { rename: renameModal, share: shareModal, unlink: unlinkModal, remove: removeModal };

const openMenu = async (desk: Desk, press: Press) => {
  const chosen = parseSourceAct(press.value);
  if (chosen === undefined) return answers.stale();
  const { act, source: sourceId } = chosen;
  if (act === 'hold' || act === 'end-hold') {
    const source = await (act === 'hold'
      ? holdSource(desk, press.actor, sourceId, USUAL_HOLD)
      : endHold(desk, press.actor, sourceId));
    if (source === undefined) return answers.notYourLogin();
    return act === 'hold' ? heldAnswer(source) : sourcesAnswer(desk, press.actor);
  }
  const source = await sourceFor(desk, press.actor, 'source.manage', sourceId);
  if (source === undefined) return answers.notYourLogin();
  const opened = await press.client.views.open({
    trigger_id: press.triggerId,
    view: MODALS[act](source),
  });
  openedFrom.remember(opened.view?.id, press.refresh);
  return undefined;
};

type Values = Record<
  string,
  Record<
    string,
    {
      value?: string | null | undefined;
      selected_option?: { value: string } | null | undefined;
      selected_user?: string | null | undefined;
      selected_users?: readonly string[] | null | undefined;
    }
  >
>;

const typedName = (values: Values): string =>
  (values['name']?.['name']?.value ?? '').replaceAll(/\s+/g, ' ').trim().slice(0, 60);

const NAME_TAKEN = 'This person has a login of that name at this carrier already.';
const NOT_OF_FIRM =
  'Not everybody you chose is a member of the firm here. An owner adds people with the team command.';

const DONE: Record<SourceChange['kind'], [title: string, text: (name: string) => string]> = {
  rename: ['Renamed', (name) => `It is called ${bold(name)} now.`],
  share: ['Saved', (name) => `${bold(name)} is shared as you chose.`],
  unlink: ['Unlinked', (name) => `${bold(name)} is unlinked. Its session and secrets are gone.`],
  remove: ['Removed', (name) => `${bold(name)} is removed. Its session and secrets are gone.`],
};

/** What the submitted modal asks for, or the error that belongs beneath one of its fields. */
const changeIn = async (
  desk: Desk,
  kind: SourceChange['kind'],
  values: Values,
): Promise<SourceChange | { kind: 'error'; block: string; text: string }> => {
  switch (kind) {
    case 'rename': {
      const name = typedName(values);
      return name.length < 2
        ? { kind: 'error', block: 'name', text: 'Give it a name.' }
        : { kind: 'rename', name };
    }
    case 'share': {
      const slackIds = [...new Set(values['people']?.['people']?.selected_users)];
      const people = await peopleOnSlack(desk.store, slackIds);
      return people.length < slackIds.length
        ? { kind: 'error', block: 'people', text: NOT_OF_FIRM }
        : { kind: 'share', personIds: people.map(({ id }) => id) };
    }
    case 'unlink':
    case 'remove':
      return { kind };
  }
};

export const listenToSources = (app: SlackApp, desk: Desk): void => {
  onPress(app, desk, /^source-list:/, ({ actor, value }) =>
    sourcesAnswer(desk, actor, parseSourceList(value)),
  );
  onPress(app, desk, /^source-menu:\d+$/, (press) => openMenu(desk, press));
  onPress(app, desk, 'source-add', async ({ actor, slackId, client, triggerId, refresh }) => {
    const carriers = await carrierNames(desk.store);
    const opened = await client.views.open({
      trigger_id: triggerId,
      view: addModal(carriers, managesFirm(actor), slackId),
    });
    openedFrom.remember(opened.view?.id, refresh);
    return undefined;
  });

  app.view(/^change-source:(rename|share|unlink|remove)$/, async ({ ack, body, view, client }) => {
    const kind = view.callback_id.split(':')[1] as SourceChange['kind'];
    const failed = (text: string) =>
      ack({ response_action: 'update', view: changedModal('Not done', text) });
    const who = await whoIs(desk, client, { userId: body.user.id, userTeam: body.team?.id });
    if (who.kind === 'refused') return failed(who.why);
    const sourceId = parseSource(view.private_metadata)?.source;
    const source =
      sourceId === undefined
        ? undefined
        : await sourceFor(desk, who.person, 'source.manage', sourceId);
    if (source === undefined) return failed(answers.notYourLogin().text);
    const change = await changeIn(desk, kind, view.state.values);
    if (change.kind === 'error')
      return ack({ response_action: 'errors', errors: { [change.block]: change.text } });
    const outcome = await changeSource(desk, who.person, source.id, change);
    if (outcome === 'name-taken')
      return ack({ response_action: 'errors', errors: { name: NAME_TAKEN } });
    if (outcome === 'refused') return failed(answers.notYourLogin().text);
    const [title, text] = DONE[change.kind];
    await ack({
      response_action: 'update',
      view: changedModal(title, text(change.kind === 'rename' ? change.name : source.name)),
    });
    await openedFrom.refresh(desk, view.id, () => sourcesAnswer(desk, who.person));
  });

  app.view(ADD_SOURCE, async ({ ack, body, view, client }) => {
    const failed = (block: string, text: string) =>
      ack({ response_action: 'errors', errors: { [block]: text } });
    const who = await whoIs(desk, client, { userId: body.user.id, userTeam: body.team?.id });
    if (who.kind === 'refused') return failed('name', who.why);
    const { values } = view.state as { values: Values };
    const name = typedName(values);
    const carrierId = values['carrier']?.['carrier']?.selected_option?.value ?? '';
    if (name.length < 2) return failed('name', 'Give it a name.');
    const holder = values['holder']?.['holder']?.selected_user;
    const [other] = holder == null ? [] : await peopleOnSlack(desk.store, [holder]);
    if (holder != null && other === undefined) return failed('holder', NOT_OF_FIRM);
    const added = await addSource(desk, who.person, {
      carrierId,
      name,
      holderId: other?.id ?? who.person.id,
    });
    if (added.kind === 'name-taken') return failed('name', NAME_TAKEN);
    if (added.kind === 'refused')
      return failed('name', 'This login is not yours to add. Ask a manager or owner of your firm.');
    const canLink =
      desk.settings.publicUrl !== undefined && added.source.holderId === who.person.id;
    await ack({
      response_action: 'update',
      view: changedModal(
        'Added',
        `${bold(name)} is added, unlinked.${canLink ? '' : ` ${bold(added.source.holderName)} finds it among the own login sources, with a Link button.`}`,
        canLink ? added.source : undefined,
      ),
    });
    await openedFrom.refresh(desk, view.id, () => sourcesAnswer(desk, who.person));
  });
};
