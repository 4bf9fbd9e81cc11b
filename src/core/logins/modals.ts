import type { View } from '@slack/types';
import { actions, bold, few, name, plain, section, type KnownBlock } from '#slack/blocks.ts';
import type { LoginSource } from './store/login-sources.ts';

export const ADD_SOURCE = 'add-source';
/** `change-source:rename` and so on: the callback says which change, the metadata which login. */
export const changeCallback = (kind: 'rename' | 'share' | 'unlink' | 'remove'): string =>
  `change-source:${kind}`;

const LONGEST_NAME = 60;

const modal = (
  title: string,
  submit: string | undefined,
  callback: string,
  metadata: object,
  blocks: KnownBlock[],
): View => ({
  type: 'modal',
  callback_id: callback,
  private_metadata: JSON.stringify(metadata),
  title: plain(title, 24),
  ...(submit === undefined ? {} : { submit: plain(submit, 24) }),
  close: plain(submit === undefined ? 'Close' : 'Cancel', 24),
  blocks,
});

const nameInput = (initial: string | undefined): KnownBlock => ({
  type: 'input',
  block_id: 'name',
  label: plain('Name'),
  hint: plain('As your colleagues will see it, such as "Ana at Northbridge".', 150),
  element: {
    type: 'plain_text_input',
    action_id: 'name',
    min_length: 2,
    max_length: LONGEST_NAME,
    ...(initial === undefined ? {} : { initial_value: initial.slice(0, LONGEST_NAME) }),
  },
});

export const renameModal = (source: LoginSource): View =>
  modal('Rename a login', 'Rename', changeCallback('rename'), { source: source.id }, [
    section(`${bold(source.name)} at ${name(source.carrierName)}`),
    nameInput(source.name),
  ]);

export const shareModal = (source: LoginSource): View => {
  const seen = source.sharedWith.flatMap(({ slackId }) => (slackId === null ? [] : [slackId]));
  const unseen = source.sharedWith.filter(({ slackId }) => slackId === null);
  return modal('Share a login', 'Save', changeCallback('share'), { source: source.id }, [
    section(
      `Who may sync through ${bold(source.name)} at ${name(source.carrierName)}, and link it? Its codes still go to ${name(source.holderName)}, and nobody sees the password.`,
    ),
    {
      type: 'input',
      block_id: 'people',
      optional: true,
      label: plain('Shared with'),
      element: {
        type: 'multi_users_select',
        action_id: 'people',
        placeholder: plain('Nobody else'),
        max_selected_items: 50,
        ...(seen.length === 0 ? {} : { initial_users: seen }),
      },
    },
    ...(unseen.length === 0
      ? []
      : [
          section(
            `Also shared with ${few(
              unseen.map((each) => name(each.name)),
              'and',
            )}, not on Slack yet.`,
          ),
        ]),
  ]);
};

const waits = (count: number): string =>
  count === 0
    ? ''
    : ` ${count === 1 ? 'One sync is waiting' : `${count} syncs are waiting`} for it.`;

export const unlinkModal = (source: LoginSource): View =>
  modal('Unlink this login?', 'Unlink', changeCallback('unlink'), { source: source.id }, [
    section(
      `${bold(source.name)} at ${name(source.carrierName)} stops at once: its session, its cookies${
        source.passwordKept ? ' and the kept password' : ''
      } are forgotten here. Its waiting syncs resume when someone links it again.${waits(source.waiting)}`,
    ),
  ]);

export const removeModal = (source: LoginSource): View =>
  modal('Remove this login?', 'Remove', changeCallback('remove'), { source: source.id }, [
    section(
      `${bold(source.name)} at ${name(source.carrierName)} is removed for everyone. Its session, cookies and any kept password are deleted at once, and its waiting syncs are cancelled.${waits(source.waiting)} Values and history stay.`,
    ),
  ]);

export const addModal = (
  carriers: readonly { id: string; name: string }[],
  forOthers: boolean,
  slackId: string,
): View => {
  const [first, ...rest] = carriers
    .slice(0, 100)
    .map((carrier) => ({ text: plain(carrier.name), value: carrier.id }));
  if (first === undefined)
    return modal('Add a login', undefined, ADD_SOURCE, {}, [
      section('No carrier is known here yet. Ask your Swivel Sync admin to add one.'),
    ]);
  return modal('Add a login', 'Add', ADD_SOURCE, {}, [
    {
      type: 'input',
      block_id: 'carrier',
      label: plain('Carrier'),
      element: {
        type: 'static_select',
        action_id: 'carrier',
        options: [first, ...rest],
        ...(rest.length === 0 ? { initial_option: first } : {}),
      },
    },
    nameInput(undefined),
    ...(forOthers
      ? [
          {
            type: 'input' as const,
            block_id: 'holder',
            label: plain('Whose login is it?'),
            hint: plain('Gets its codes, and may link, share and remove it.', 150),
            element: {
              type: 'users_select' as const,
              action_id: 'holder',
              initial_user: slackId,
            },
          },
        ]
      : []),
    section('The password comes later, on our own page: never in Slack.'),
  ]);
};

/** What a change came to; the list behind it follows by itself. */
export const changedModal = (title: string, text: string, link?: LoginSource): View => ({
  type: 'modal',
  title: plain(title, 24),
  close: plain('Close', 24),
  blocks: [
    section(text),
    ...actions(
      'link-new',
      link === undefined
        ? []
        : [
            {
              text: 'Link it now',
              action: 'link',
              value: JSON.stringify({ source: link.id }),
              style: 'primary',
            },
          ],
    ),
  ],
});
