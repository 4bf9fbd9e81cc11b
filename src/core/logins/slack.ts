import { peopleOnSlack, sourcesOf, sourcesOfFirm, type SharedWith } from './store/login-sources.ts';
import { carrierNames } from '#core/policies/store/report.ts';
import {
  changeSource,
  addSource,
  managesFirm,
  sourceFor,
  type SourceChange,
} from './login-sources.ts';
import { z } from 'zod';
import type { Actor } from '#shared/access.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import { bold } from '#slack/blocks.ts';
import { loginWords, namedLogins } from './named-logins.ts';
import { id, parserOf } from '#slack/click-values.ts';
import type { SlackDeps } from '#slack/deps.ts';
import { click, noValue, submission, type Submission, type Submitted } from '#slack/listen.ts';
import { openFrom, refreshBehind } from '#slack/behind.ts';
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
  sourceListValue,
  sourcesMessage,
  type SourceList,
} from './messages.ts';
import { toldOfAdded, toldOfChange, type ToldOfLogin } from './told.ts';

export const sourcesAnswer = async (
  deps: SlackDeps,
  actor: Actor,
  list: SourceList = { kind: 'mine', page: 0 },
): Promise<Answer> => {
  const settings = { now: deps.clock(), canLink: deps.settings.publicUrl !== undefined };
  if (list.kind === 'firm' && managesFirm(actor)) {
    const found = await sourcesOfFirm(deps.store, FIRM_PAGE, list.page * FIRM_PAGE);
    return firmMessage(found, list.page, actor, settings);
  }
  const mine = await sourcesOf(deps.store, actor.id);
  const { called, page } = list;
  if (called === undefined) return sourcesMessage(mine, page, actor, settings);
  const found = namedLogins(mine, called.split(' '));
  if (found.length > 0)
    return answers.after(
      `Those that are called \`${answers.quoted(called)}\`:`,
      sourcesMessage(found, page, actor, settings, called),
    );
  const others = managesFirm(actor) ? ' *All of the firm* has those of others.' : '';
  return answers.after(
    answers.leftOut(
      called,
      `${deps.settings.command} sources`,
      `lists your logins, and none of them is called so.${others}`,
    ),
    sourcesMessage(mine, 0, actor, settings),
  );
};

/** `/sync sources northbridge`: of one's own, those that are called so. */
export const sourcesCommand = (deps: SlackDeps, actor: Actor, typed: string): Promise<Answer> => {
  const words = loginWords(typed);
  return sourcesAnswer(
    deps,
    actor,
    words.length === 0 ? undefined : { kind: 'mine', page: 0, called: words.join(' ') },
  );
};

const MODALS = { rename: renameModal, share: shareModal, unlink: unlinkModal, remove: removeModal };

/** `list`: the one that it was chosen in, which follows. */
const parseSource = parserOf(z.object({ source: id, list: z.string().max(1100).optional() }));

/** A line of the menu beside a login: the modal that asks what to change. */
const openChange = (kind: SourceChange['kind']) =>
  click(
    `source-${kind}`,
    parseSource,
    async (deps, clicked, { source: sourceId, list }) => {
      const source = await sourceFor(deps, clicked.actor, 'source.manage', sourceId);
      return source === undefined
        ? answers.notYourLogin()
        : openFrom(clicked, {
            ...MODALS[kind](source),
            private_metadata: JSON.stringify({ source: sourceId, list }),
          });
    },
    'in-place',
  );

const typedName = ({ field }: Submission): string =>
  (field('name').value ?? '').replaceAll(/\s+/g, ' ').trim().slice(0, 60);

const NAME_TAKEN = 'This person has a login of that name at this carrier already.';
const NOT_OF_FIRM =
  'Not everybody you chose is a member of the firm here. An owner adds people with the team command.';

/** Whom it concerns hears of it; a login that waits for a link says so on its cards besides. */
const tellAll = async (
  { store, tell }: SlackDeps,
  slackId: string,
  toldBy: (by: SharedWith) => readonly ToldOfLogin[],
): Promise<void> => {
  const [by] = await peopleOnSlack(store, [slackId]);
  for (const { to, title, text } of by === undefined ? [] : toldBy(by))
    if (to.slackId !== null) await tell(to.slackId, { name: 'login', title, text });
};

const DONE: Record<SourceChange['kind'], [title: string, text: (name: string) => string]> = {
  rename: ['Renamed', (name) => `It is now called ${bold(name)}.`],
  share: ['Saved', (name) => `${bold(name)} is shared as you chose.`],
  unlink: ['Unlinked', (name) => `${bold(name)} is unlinked. Its session and secrets are gone.`],
  remove: ['Removed', (name) => `${bold(name)} is removed. Its session and secrets are gone.`],
};

/** What the submitted modal asks for, or the error that belongs beneath one of its fields. */
const changeIn = async (
  deps: SlackDeps,
  kind: SourceChange['kind'],
  submitted: Submission,
): Promise<SourceChange | { kind: 'error'; block: string; text: string }> => {
  switch (kind) {
    case 'rename': {
      const name = typedName(submitted);
      return name.length < 2
        ? { kind: 'error', block: 'name', text: 'Give it a name.' }
        : { kind: 'rename', name };
    }
    case 'share': {
      const slackIds = [...new Set(submitted.field('people').selected_users)];
      const people = await peopleOnSlack(deps.store, slackIds);
      return people.length < slackIds.length
        ? { kind: 'error', block: 'people', text: NOT_OF_FIRM }
        : { kind: 'share', people };
    }
    case 'unlink':
    case 'remove':
      return { kind };
  }
};

export const LOGIN_CLICKS = [
  click('show-sources', noValue, (deps, { actor }) => sourcesAnswer(deps, actor)),
  click(
    /^source-list:/,
    parseSourceList,
    (deps, { actor }, list) => sourcesAnswer(deps, actor, list),
    'in-place',
  ),
  ...(['rename', 'share', 'unlink', 'remove'] as const).map(openChange),
  click(
    'source-add',
    parseSourceList,
    async (deps, clicked, list) => {
      const carriers = await carrierNames(deps.store);
      return openFrom(clicked, {
        ...addModal(carriers, managesFirm(clicked.actor), clicked.slackId),
        private_metadata: sourceListValue(list),
      });
    },
    'in-place',
  ),
];

const failed = (block: string, text: string): Submitted => ({
  error: { block, answer: answers.say(text) },
});

const notDone = (text: string): Submitted => ({ view: changedModal('Not done', text) });

export const LOGIN_SUBMISSIONS = [
  submission(
    /^change-source:(rename|share|unlink|remove)$/,
    'name',
    parseSource,
    async (deps, submitted, { source: sourceId, list }) => {
      const { actor, callbackId, viewId } = submitted;
      const kind = callbackId.split(':')[1] as SourceChange['kind'];
      const source = await sourceFor(deps, actor, 'source.manage', sourceId);
      if (source === undefined) return notDone(answers.notYourLogin().text);
      const change = await changeIn(deps, kind, submitted);
      if (change.kind === 'error') return failed(change.block, change.text);
      const outcome = await changeSource(deps, actor, source.id, change);
      if (outcome === 'name-taken') return failed('name', NAME_TAKEN);
      if (outcome === 'refused') return notDone(answers.notYourLogin().text);
      await tellAll(deps, submitted.slackId, (by) => toldOfChange(source, change, by));
      const [title, text] = DONE[change.kind];
      return {
        view: changedModal(title, text(change.kind === 'rename' ? change.name : source.name)),
        after: () =>
          refreshBehind(deps, viewId, () => sourcesAnswer(deps, actor, parseSourceList(list))),
      };
    },
  ),
  submission(ADD_SOURCE, 'name', parseSourceList, async (deps, submitted, list) => {
    const { actor, field, viewId } = submitted;
    const name = typedName(submitted);
    const carrierId = field('carrier').selected_option?.value ?? '';
    if (name.length < 2) return failed('name', 'Give it a name.');
    const holder = field('holder').selected_user;
    const [other] = holder == null ? [] : await peopleOnSlack(deps.store, [holder]);
    if (holder != null && other === undefined) return failed('holder', NOT_OF_FIRM);
    const holderId = other?.id ?? actor.id;
    const added = await addSource(deps, actor, { carrierId, name, holderId });
    if (added.kind === 'name-taken') return failed('name', NAME_TAKEN);
    if (added.kind === 'refused')
      return failed('name', 'This login is not yours to add. Ask a manager or owner at your firm.');
    await tellAll(deps, submitted.slackId, (by) => toldOfAdded(added.source, by));
    const canLink = deps.settings.publicUrl !== undefined && holderId === actor.id;
    return {
      view: changedModal(
        'Added',
        `${bold(name)} is added, unlinked.${canLink ? '' : ` ${bold(added.source.holderName)} finds it in their own list of logins, with a Link button.`}`,
        canLink ? added.source : undefined,
      ),
      after: () => refreshBehind(deps, viewId, () => sourcesAnswer(deps, actor, list)),
    };
  }),
];
