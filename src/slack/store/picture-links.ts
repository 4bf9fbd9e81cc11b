import { createHash } from 'node:crypto';
import type { Store } from '#database/store.ts';
import { SKEW } from '#shared/clock.ts';
import { may, type Action } from '#shared/access.ts';
import type { Random } from '#shared/secret.ts';
import { personById } from '../store.ts';

/** For whom an address is made, and what they have to be permitted for it. */
interface ShownTo {
  personId: string;
  action: Action;
}

/** Addresses under which one masked picture can be seen for a while, at every bot of the firm. */
export interface PictureLinks {
  issue: (file: string, to: ShownTo) => Promise<string>;
  /** The file's name, while the address is good and they are permitted still. */
  fileOf: (token: string) => Promise<string | undefined>;
}

const LIFE_MS = 15 * 60_000;

const hash = (token: string): string => createHash('sha256').update(token).digest('base64url');

export const createPictureLinks = (store: Store, random: Random): PictureLinks => ({
  issue: async (file, { personId, action }) => {
    const token = Buffer.from(random(32)).toString('base64url');
    await store.db
      .insertInto('picture_link')
      .values({
        token_hash: hash(token),
        file,
        person_id: personId,
        action,
        expires_at: store.clock() + LIFE_MS,
      })
      .execute();
    return `/picture/${token}`;
  },
  fileOf: async (token) => {
    const now = store.clock();
    const found = await store.db
      .selectFrom('picture_link')
      .select(['file', 'person_id', 'action'])
      .where('token_hash', '=', hash(token))
      .where('expires_at', '>', now)
      // A clock that stood ahead shows it for no longer.
      .where('expires_at', '<=', now + LIFE_MS + SKEW)
      .executeTakeFirst();
    if (found === undefined) return undefined;
    const person = await personById(store, found.person_id);
    return person !== undefined && may(person, found.action as Action) ? found.file : undefined;
  },
});

export const forgetPictureLinks = async ({ db }: Store, before: number): Promise<void> => {
  await db.deleteFrom('picture_link').where('expires_at', '<', before).execute();
};
