import { hasOwner, claimOwnership, type SlackAccount, type TeamMember } from './store/team.ts';
import type { View } from '@slack/types';
import { may, type Actor, ROLES, type Role } from '#shared/access.ts';
import { changeRole, readTeam } from './team.ts';
import * as answers from '#slack/answers.ts';
import type { Answer } from '#slack/answers.ts';
import {
  actions,
  bold,
  context,
  few,
  name,
  plain,
  section,
  type KnownBlock,
} from '#slack/blocks.ts';
import type { SlackDeps, SlackClient } from '#slack/deps.ts';
import type { Member } from '#slack/members.ts';
import { isHere, standingOf } from '#slack/standing.ts';
import { click, noValue, submission, type Submitted } from '#slack/listen.ts';
import { openFrom, refreshBehind } from '#slack/behind.ts';
import { spoken } from '#slack/spoken.ts';

const ROLE_WORDS: Record<Role, { one: string; many: string; may: string }> = {
  owner: { one: 'Owner', many: 'Owners', may: 'everything, and who may do what' },
  manager: { one: 'Manager', many: 'Managers', may: 'every book and every login of the firm' },
  advisor: { one: 'Advisor', many: 'Advisors', may: 'their own book, own and shared logins' },
  support: { one: 'Support', many: 'Support', may: 'what a case needs, by its whole number' },
};

/** More names than a phone shows; the rest is a count. */
const MOST_NAMES = 20;

const roleLine = (role: Role, people: readonly TeamMember[]): string => {
  const words = ROLE_WORDS[role];
  const named = people.map((person) =>
    person.slackId === null ? `${name(person.name)} (not on Slack yet)` : `<@${person.slackId}>`,
  );
  return `*${people.length === 1 ? words.one : words.many}*  ${words.may}\n${
    named.length === 0 ? 'nobody' : few(named, 'and', MOST_NAMES)
  }`;
};

export const teamMessage = (
  team: readonly TeamMember[],
  changes: boolean,
  command: string,
): Answer => {
  const owners = team.filter(({ role }) => role === 'owner');
  return spoken([
    section(`*Your team*  ${team.length} ${team.length === 1 ? 'person' : 'people'}`),
    ...ROLES.map((role) =>
      section(
        roleLine(
          role,
          team.filter((person) => person.role === role),
        ),
      ),
    ),
    ...(changes
      ? [
          ...actions('team', [
            { text: 'Change a role', action: 'team-change', value: 'change', style: 'primary' },
          ]),
          context(
            'The audit, as CSV, on the machine that runs this: `npm run -s sync -- audit > audit.csv`. It holds who saw and changed what, and cannot be edited.',
          ),
        ]
      : [
          context(
            owners.length === 0
              ? `There is no owner yet. The first owner of this Slack workspace who types \`${command} team\` becomes it.`
              : 'An owner changes roles.',
          ),
        ]),
  ]);
};

export const teamAnswer = async (deps: SlackDeps, actor: Actor): Promise<Answer> => {
  const team = await readTeam(deps, actor);
  if (team === 'refused') return answers.refusal('Your access has ended.');
  return teamMessage(team, may(actor, 'team.change'), deps.settings.command);
};

const CHANGE_ROLE = 'change-role';

const roleModal = (): View => ({
  type: 'modal',
  callback_id: CHANGE_ROLE,
  title: plain('Change a role', 24),
  submit: plain('Change', 24),
  close: plain('Cancel', 24),
  blocks: [
    {
      type: 'input',
      block_id: 'person',
      label: plain('Who'),
      hint: plain('Someone who is not in the firm here yet is added.', 150),
      element: { type: 'users_select', action_id: 'person' },
    },
    {
      type: 'input',
      block_id: 'role',
      label: plain('Role'),
      element: {
        type: 'radio_buttons',
        action_id: 'role',
        options: [roleOption('owner'), ...ROLES.slice(1).map(roleOption)],
      },
    },
  ],
});

const roleOption = (role: Role) => ({
  text: plain(ROLE_WORDS[role].one),
  value: role,
  description: plain(`May: ${ROLE_WORDS[role].may}`),
});

const doneModal = (text: string): View => ({
  type: 'modal',
  title: plain('Change a role', 24),
  close: plain('Close', 24),
  blocks: [section(text)] satisfies KnownBlock[],
});

/** A full member of this workspace; guests, bots, strangers and the deactivated are none. */
const accountOf = (
  { teamId }: Pick<SlackDeps, 'teamId'>,
  member: Member | undefined,
): SlackAccount | undefined => {
  if (member?.id === undefined || member.is_bot === true || !isHere(standingOf(member, teamId)))
    return undefined;
  return {
    slackId: member.id,
    name: member.profile?.real_name ?? member.real_name ?? member.name ?? member.id,
    email: member.profile?.email,
  };
};

/** In a firm without an owner, the first owner of the Slack workspace who asks becomes it. */
export const claimFirstOwner = async (
  deps: SlackDeps,
  client: SlackClient,
  act: { userId: string; userTeam: string | undefined },
): Promise<void> => {
  if (act.userTeam !== deps.teamId || (await hasOwner(deps.store))) return;
  const member = await deps.members.look(client, act.userId);
  if (member?.is_owner !== true && member?.is_primary_owner !== true) return;
  const account = accountOf(deps, member);
  if (account !== undefined) await claimOwnership(deps.store, account);
};

const OUTCOMES = {
  'last-owner': 'This is the last owner. Make someone else an owner first.',
  deactivated:
    'The CRM says that this person has left. Set them active there and import people.csv.',
  refused: 'Only an owner changes roles.',
} as const;

export const changeRoleClick = click(
  'team-change',
  noValue,
  (_deps, clicked) =>
    may(clicked.actor, 'team.change')
      ? openFrom(clicked, roleModal())
      : Promise.resolve(answers.refusal(OUTCOMES.refused)),
  'in-place',
);

const failed = (block: 'person' | 'role', text: string): Submitted => ({
  error: { block, answer: answers.say(text) },
});

/** Who gets another role hears of it from us. */
const tellOfRole = async (
  { tell }: SlackDeps,
  { slackId }: { slackId: string },
  role: Role,
): Promise<void> => {
  const { one, may } = ROLE_WORDS[role];
  await tell(slackId, {
    name: 'role',
    title: `You are now ${one.toLowerCase()}`,
    text: `You may see and do: ${may}.`,
  });
};

export const roleChosen = submission(
  CHANGE_ROLE,
  'person',
  noValue,
  async (deps, { actor, client, field, slackId, viewId }) => {
    const picked = field('person').selected_user;
    const role = ROLES.find((each) => each === field('role').selected_option?.value);
    if (role === undefined) return failed('role', 'Choose a role.');
    // An owner's word goes by what Slack says now.
    if (picked != null) deps.members.forget(picked);
    const account =
      picked == null ? undefined : accountOf(deps, await deps.members.look(client, picked));
    if (account === undefined)
      return failed('person', 'Choose a full member of this workspace: no guest, no app.');
    const outcome = await changeRole(deps, actor, account, role);
    if (outcome !== 'changed' && outcome !== 'unchanged')
      return failed('person', OUTCOMES[outcome]);
    if (outcome === 'changed' && picked !== slackId) await tellOfRole(deps, account, role);
    const already = outcome === 'changed' ? 'now' : 'already';
    return {
      view: doneModal(
        `${bold(account.name)} is ${already} ${ROLE_WORDS[role].one.toLowerCase()}: ${ROLE_WORDS[role].may}.`,
      ),
      after: () => refreshBehind(deps, viewId, () => teamAnswer(deps, actor)),
    };
  },
);
