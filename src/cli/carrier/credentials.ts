import { Secret } from '#shared/secret.ts';
import type { Credentials, SignInHooks } from '#portal/portal.ts';
import type { Carrier } from '#portal/contract.ts';
import { CommandError, type Terminal } from '../terminal.ts';

/** "user" -> CARRIER_USER: where a field is looked for before it is asked on the terminal. */
export const variableOf = (field: string): string =>
  `CARRIER_${field.replaceAll(/[^a-z0-9]+/gi, '_').toUpperCase()}`;

/** The login to try with: from the environment, else asked; what is secret is typed unseen. */
export const askCredentials = async (
  terminal: Terminal,
  carrier: Carrier,
  given: { user?: string },
): Promise<Credentials> => {
  const credentials: Credentials = {};
  for (const field of carrier.signIn.fields) {
    const set = process.env[variableOf(field.name)];
    const known = !field.secret && given.user !== undefined && field.autocomplete === 'username';
    if (known) credentials[field.name] = new Secret(given.user ?? '');
    else if (set !== undefined) credentials[field.name] = new Secret(set);
    else if (!terminal.isThere)
      throw new CommandError(
        `Nobody is here to ask for "${field.label}": set ${variableOf(field.name)}.`,
      );
    else
      credentials[field.name] = field.secret
        ? await terminal.askSecret(`${field.label}:`)
        : new Secret(await terminal.ask(`${field.label}:`));
  }
  return credentials;
};

/** A code, and the way it should go, as the portal asks for them. */
export const askingHooks = (
  terminal: Terminal,
): Required<Pick<SignInHooks, 'code' | 'channel'>> => ({
  code: async (hint) => {
    const set = process.env['CARRIER_CODE'];
    if (set !== undefined) return new Secret(set);
    if (!terminal.isThere) return undefined;
    if (hint !== undefined) terminal.print(`The portal says: ${hint}`);
    const code = await terminal.askSecret('Code of the portal, or "again" for another:');
    return code.reveal() === 'again' ? 'send-again' : code;
  },
  channel: async (offered) => {
    if (!terminal.isThere) return offered[0]?.id;
    offered.forEach(({ label }, index) => terminal.print(`  ${index + 1}  ${label}`));
    const chosen = Number(await terminal.ask('Which way should the code go?', '1'));
    return offered[chosen - 1]?.id;
  },
});
