import type { NotificationAbout } from '#features/notifications/notification.ts';
import { atAfter, escape, few, name, section } from '#slack/blocks.ts';
import type { DesiredMessage } from '#slack/deliver.ts';
import { spoken } from '#slack/spoken.ts';

type Unserved = NotificationAbout['unserved-carrier'];

/** Nobody looks for a worker that is up and takes nothing. */
const RUNS = 'If one runs, its log says why it takes no syncs.';

const todo = ({ carrier, bound }: Unserved): string => {
  if (bound.length === 0)
    return `Start a worker that names no carriers, or names this one. ${RUNS}`;
  const names = few(
    bound.map((worker) => `\`${escape(worker)}\``),
    'or',
  );
  return `It is bound to ${names}: start that worker. ${RUNS} Or let any worker serve it: \`swivel-sync carriers --free ${escape(carrier.id)}\``;
};

/** What operators read of it, once for each time; rewritten when a worker is there again. */
export const unservedNotice = (about: Unserved): DesiredMessage[] => {
  const { carrier, toldAt, servedAt } = about;
  const text =
    servedAt === undefined
      ? [
          `:electric_plug: *No worker serves ${name(carrier.name)}*, ${atAfter('seen', toldAt)}. Its syncs wait.`,
          todo(about),
        ].join('\n')
      : `:electric_plug: *${name(carrier.name)} is served again* ${atAfter('since', servedAt)}. No worker was there ${atAfter('from', toldAt)}.`;
  const final = servedAt !== undefined;
  return [{ key: 'card', inThread: false, ...spoken([section(text)]), final }];
};
