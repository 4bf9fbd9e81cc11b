import type { Store } from '#database/store.ts';

export interface OnRoll {
  name: string;
  email: string | null;
  role: string;
  slack: string | null;
  /** Epoch ms; null for who has access. */
  endedAt: number | null;
}

/** Everybody whom the firm has told of, for an operator. */
export const roll = ({ db }: Pick<Store, 'db'>): Promise<OnRoll[]> =>
  db
    .selectFrom('person')
    .select(['name', 'email', 'role', 'slack_user_id as slack', 'deactivated_at as endedAt'])
    .orderBy('name')
    .orderBy('id')
    .execute();
