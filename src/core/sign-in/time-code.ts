import { TOTP, URI, Secret as Seed } from 'otpauth';
import { Secret } from '#shared/secret.ts';

/** What a person copied from the carrier's page for authenticators: a key, or its otpauth:// address. */
type SetupKey =
  | { kind: 'key'; key: Secret }
  | { kind: 'not-a-key' }
  | { kind: 'counts-up' }
  | { kind: 'short' };

/** Shorter ones are a code of the moment, or cut off. RFC 4226 asks for 16 bytes; carriers give 10. */
const LEAST_BYTES = 10;

/** The key in the form it is sealed in; spaces and dashes are how pages group its letters. */
export const parseSetupKey = (typed: Secret): SetupKey => {
  try {
    const totp = totpOf(typed);
    if (totp === undefined) return { kind: 'counts-up' };
    if (totp.secret.bytes.length < LEAST_BYTES) return { kind: 'short' };
    return { kind: 'key', key: new Secret(totp.toString()) };
  } catch {
    return { kind: 'not-a-key' };
  }
};

/** A code of RFC 6238 and the step of time it belongs to: a carrier takes each step's code once. */
interface TimeCode {
  code: Secret;
  step: number;
  /** Epoch ms at which the next step begins. */
  until: number;
}

/** Throws what otpauth throws for a text that parseSetupKey refuses. */
export const timeCode = (key: Secret, now: number): TimeCode => {
  const totp = totpOf(key);
  if (totp === undefined) throw new Error('the set-up key counts up instead of following the time');
  const step = totp.counter({ timestamp: now });
  return {
    code: new Secret(totp.generate({ timestamp: now })),
    step,
    until: (step + 1) * totp.period * 1000,
  };
};

/** Undefined for one that counts up (HOTP): it would fall out of step with the person's own device. */
const totpOf = (key: Secret): TOTP | undefined => {
  const text = key.reveal().trim();
  if (/^otpauth:/i.test(text)) {
    const parsed = URI.parse(text);
    return parsed instanceof TOTP ? parsed : undefined;
  }
  return new TOTP({ secret: Seed.fromBase32(text.replaceAll(/[\s-]/g, '').toUpperCase()) });
};
