import type { LocalState } from './protocol.ts';
import { SLACKBOT } from './seed.ts';

/** Ids by what people call somebody or some place. */
export interface Directory {
  /** An id, a name, or a first name with or without `@`. Throws when nobody is called so. */
  personId: (as: string) => Promise<string>;
  /** An id, a name with or without `#`, or `dm` for the app. Throws when the person has none such. */
  channelId: (person: string, channel: string) => Promise<string>;
}

export const directoryOf = (stateOf: (id: string) => Promise<LocalState>): Directory => {
  const ids = new Map<string, string>();
  return {
    personId: async (as) => {
      if (/^U[A-Z0-9]+$/.test(as)) return as;
      const known = ids.get(as);
      if (known !== undefined) return known;
      const { people } = await stateOf(SLACKBOT);
      const wanted = as.replace(/^@/, '').toLowerCase();
      const found = people.find(({ name }) =>
        [name.toLowerCase(), name.toLowerCase().split(' ')[0]].includes(wanted),
      );
      if (found === undefined)
        throw new Error(
          `Nobody here is called ${as}; there are ${people.map(({ name }) => name).join(', ')}.`,
        );
      ids.set(as, found.id);
      return found.id;
    },
    channelId: async (person, channel) => {
      if (/^[CGD][A-Z0-9]{6,}$/.test(channel)) return channel;
      const { bot, channels, me } = await stateOf(person);
      const wanted = channel.replace(/^#/, '').toLowerCase();
      const named = wanted === 'dm' ? bot.name.toLowerCase() : wanted;
      const found = channels.find(({ name }) => name.toLowerCase() === named);
      if (found === undefined)
        throw new Error(
          `${me.name} has no channel ${channel}; there are ${channels.map(({ name }) => name).join(', ')}.`,
        );
      return found.id;
    },
  };
};
