import type { NotificationAbout } from '#features/notifications/notification.ts';
import {
  atAfter,
  actions,
  bold,
  context,
  escape,
  name,
  section,
  type ButtonSpec,
} from '#slack/blocks.ts';
import type { DesiredMessage } from '#slack/deliver.ts';
import { spoken } from '#slack/spoken.ts';

type Pause = NotificationAbout['carrier-pause'];

const count = (n: number, one: string, many: string): string =>
  `${n.toLocaleString('en-US')} ${n === 1 ? one : many}`;

/** To be copied: it finds a policy that waits by itself. */
const repairCommand = (carrierId: string): string =>
  `npm run sync -- carrier repair ${escape(carrierId)}`;

const cause = (pause: Pause): string => {
  const { reason, carrier, failures, policies, note, by } = pause;
  const over = pause.ended !== undefined;
  switch (reason) {
    case 'portal-changed':
      return [
        `${over ? "We couldn't read its pages" : "We can't read its pages any more"}: ${count(failures, 'failure', 'failures')} at ${count(policies, 'policy or login', 'policies or logins')}.${over ? '' : ' The adapter must be fixed.'}`,
        ...(note === undefined ? [] : [`Missing: ${escape(note)}`]),
        ...(over
          ? []
          : [
              `To see what changed and fix it, run this where its folder is: \`${repairCommand(carrier.id)}\``,
            ]),
      ].join('\n');
    case 'blocked':
      return `${name(carrier.name)} ${over ? 'did' : 'does'} not let us in: a robot check, or a request to come less often.`;
    case 'by-hand':
      return `${by === undefined ? 'Someone' : name(by)} paused it.`;
  }
};

const next = ({ nextProbeAt, probes, reason }: Pause): string => {
  if (nextProbeAt === undefined) return 'It resumes when someone presses Resume.';
  const tried = probes === 0 ? '' : `${count(probes, 'probe', 'probes')} failed so far. `;
  const mended = reason === 'portal-changed' ? ', and when another adapter is deployed' : '';
  return `${tried}One sync ${atAfter('tries again', nextProbeAt)}${mended}; if it works, everything runs.`;
};

const ended = ({ carrier, ended: end }: Pause): string => {
  if (end === undefined) return '';
  const how =
    end.how === 'probe' ? 'a trial sync worked' : `${name(end.by ?? 'Someone')} resumed it`;
  const told = end.runsNow === 0 ? '' : ` ${count(end.runsNow, 'request', 'requests')} told.`;
  return `${bold(carrier.name)} ${atAfter('resumed', end.at)}: ${how}. Waiting syncs are running.${told}`;
};

const title = (pause: Pause): string =>
  pause.ended === undefined
    ? `:double_vertical_bar: *${name(pause.carrier.name)} is paused* ${atAfter('since', pause.beganAt)}`
    : `:arrow_forward: *${name(pause.carrier.name)} has resumed.* It ${atAfter('was paused', pause.beganAt)}`;

const buttons = (pause: Pause): ButtonSpec[] => {
  const value = JSON.stringify({ pause: pause.id });
  const evidence: ButtonSpec[] = [
    ...(pause.picture === undefined
      ? []
      : [{ text: 'See the picture', action: 'pause-picture', value }]),
    ...(pause.trace === undefined ? [] : [{ text: 'See the trace', action: 'pause-trace', value }]),
  ];
  if (pause.ended !== undefined)
    return [
      ...evidence,
      {
        text: 'Pause it',
        action: 'carrier-pause',
        value: JSON.stringify({ carrier: pause.carrier.id }),
        confirm: {
          title: `Pause ${pause.carrier.name}?`.slice(0, 100),
          text: 'No sync of any kind goes there until someone resumes it.',
          yes: 'Pause it',
        },
      },
    ];
  return [
    ...(pause.reason === 'by-hand'
      ? []
      : [{ text: 'Try one now', action: 'carrier-probe', value, style: 'primary' as const }]),
    {
      text: 'Resume',
      action: 'carrier-resume',
      value,
      confirm: {
        title: `Resume ${pause.carrier.name}?`.slice(0, 100),
        text: "All waiting syncs run at once. If we still can't read its pages, it pauses again.",
        yes: 'Resume',
      },
    },
    ...evidence,
  ];
};

/** What operators read of one pause; rewritten in place, with a reply when it ends. */
export const pauseNotice = (pause: Pause): DesiredMessage[] => {
  const over = pause.ended !== undefined;
  const text = [
    title(pause),
    cause(pause),
    ...(over
      ? [ended(pause)]
      : [
          next(pause),
          ...(pause.waiting === 0
            ? []
            : [`${count(pause.waiting, 'sync is waiting', 'syncs are waiting')}.`]),
        ]),
  ].join('\n');
  const card: DesiredMessage = {
    key: 'card',
    inThread: false,
    ...spoken([
      section(text),
      ...actions(`pause-${pause.probes}-${over ? 'over' : 'open'}`, buttons(pause)),
      context('Owners, managers and support may try, resume or pause it. Each is recorded.'),
    ]),
    final: over,
  };
  if (!over) return [card];
  const told = ended(pause);
  return [card, { key: 'ended', inThread: true, ...spoken([section(told)]), final: true }];
};
