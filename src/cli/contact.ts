import { heldOfContact } from '#core/policies/store/held-of-contact.ts';
import { openAt, whyAbsent, type DatabasePlace } from '#database/place.ts';

/** Writes all that is held about a contact as one JSON object; answers the exit code. */
export const runContact = async (
  {
    config,
    print,
    say,
    clock = Date.now,
  }: {
    config: DatabasePlace;
    print: (line: string) => void;
    say: (line: string) => void;
    clock?: () => number;
  },
  externalId: string,
): Promise<0 | 1> => {
  const absent = whyAbsent(config);
  if (absent !== undefined) {
    say(absent);
    return 1;
  }
  const db = await openAt(config);
  try {
    const held = await heldOfContact({ db, clock }, externalId);
    if (held === undefined) {
      say(`No contact has the id "${externalId}". It is the contact_id of contacts.csv.`);
      return 1;
    }
    print(JSON.stringify(held, undefined, 2));
    say('Notes that people typed in Slack, and cards there, are not in it: ask Slack for those.');
    return 0;
  } finally {
    await db.destroy();
  }
};
