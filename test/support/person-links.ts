import { randomBytes } from 'node:crypto';
import { Secret } from '#shared/secret.ts';
import type { Clock } from '#shared/clock.ts';
import { confirmLink, continueLink, findLink, issueLink } from '#core/sign-in/link.ts';
import { beginSignIn } from '#core/sign-in/sign-in.ts';
import type { TestFirm } from './firm.ts';

const SOMETHING = { user: new Secret('somebody'), password: new Secret('something') };

/**
 * A person links a login through the link page's own verbs, up to the sign-in that waits for a
 * worker; the sweeper wakes it. What is typed is of no account to a scripted portal. Throws when it is not begun.
 */
export const linkAs = async (
  firm: Pick<TestFirm, 'db' | 'sealer' | 'sourceId'>,
  slackUserId: string,
  source: string,
  storePassword = false,
  clock: Clock = Date.now,
  typed: Parameters<typeof beginSignIn>[2] = SOMETHING,
): Promise<void> => {
  const random = (bytes: number): Uint8Array => randomBytes(bytes);
  const deps = {
    store: { db: firm.db, clock },
    clock,
    random,
    pairingWanted: () => Promise.resolve(),
  };
  const person = await firm.db
    .selectFrom('person')
    .select('id')
    .where('slack_user_id', '=', slackUserId)
    .executeTakeFirstOrThrow();
  const sourceId = await firm.sourceId(source);
  const issued = await issueLink(deps, { personId: person.id, sourceId });
  if (issued.kind !== 'issued') throw new Error(`${slackUserId} may not link ${source}.`);
  const standing = await continueLink(deps, issued.token, 'browser');
  // A browser that was confirmed before is remembered.
  if (standing.kind === 'pairing')
    await confirmLink(deps, person.id, issued.linkId, standing.number);
  const found = await findLink(deps, issued.token, 'browser');
  if (found?.standing.kind !== 'ready') throw new Error('The link is not ready.');
  const begun = await beginSignIn(
    {
      store: { db: firm.db, clock },
      sealer: firm.sealer,
      clock,
      wake: () => Promise.resolve(),
      changed: () => Promise.resolve(),
    },
    found.link,
    typed,
    storePassword,
  );
  if (begun.kind !== 'begun') throw new Error(`The sign-in is ${begun.kind}.`);
};
