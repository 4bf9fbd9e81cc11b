import { describe, expect, it } from 'vitest';
import { Secret } from '#shared/secret.ts';
import { parseSetupKey, timeCode } from '#core/sign-in/time-code.ts';

/** RFC 6238, appendix B: the seeds in base 32, eight digits. */
const SEEDS = {
  SHA1: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
  SHA256: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA',
  SHA512:
    'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA',
};
const VECTORS = [
  [59, '94287082', '46119246', '90693936'],
  [1_111_111_109, '07081804', '68084774', '25091201'],
  [1_111_111_111, '14050471', '67062674', '99943326'],
  [1_234_567_890, '89005924', '91819424', '93441116'],
  [2_000_000_000, '69279037', '90698825', '38618901'],
  [20_000_000_000, '65353130', '77737706', '47863826'],
] as const;

const address = (algorithm: keyof typeof SEEDS): Secret =>
  new Secret(`otpauth://totp/x?secret=${SEEDS[algorithm]}&algorithm=${algorithm}&digits=8`);

it.each(VECTORS)('gives the codes of RFC 6238 at second %i', (second, sha1, sha256, sha512) => {
  const at = (algorithm: keyof typeof SEEDS) => timeCode(address(algorithm), second * 1000);
  expect(at('SHA1').code.reveal()).toBe(sha1);
  expect(at('SHA256').code.reveal()).toBe(sha256);
  expect(at('SHA512').code.reveal()).toBe(sha512);
  expect(at('SHA1').step).toBe(Math.floor(second / 30));
  expect(at('SHA1').until).toBe((Math.floor(second / 30) + 1) * 30_000);
});

describe('a set-up key', () => {
  const parse = (text: string) => parseSetupKey(new Secret(text));

  it('may be grouped, in small letters, or a whole address', () => {
    for (const text of [
      'gezd gnbv gy3t qojq gezd gnbv gy3t qojq',
      'GEZDGNBV-GY3TQOJQ-GEZDGNBV-GY3TQOJQ',
      ' otpauth://totp/Harbor%20Trust:dana?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Harbor%20Trust ',
    ]) {
      const parsed = parse(text);
      if (parsed.kind !== 'key') throw new Error(`${text} is ${parsed.kind}`);
      expect(timeCode(parsed.key, 59_000).code.reveal()).toBe('287082');
      expect(parsed.key.toString()).toBe('[secret]');
    }
  });

  it('is not the code of the moment, not a word, not one that counts up, not cut off', () => {
    expect(parse('287082').kind).not.toBe('key');
    expect(parse('correct horse 19').kind).toBe('not-a-key');
    expect(parse('').kind).not.toBe('key');
    expect(parse('GEZDGNBV').kind).toBe('short');
    expect(parse(`otpauth://hotp/x?secret=${SEEDS.SHA1}&counter=3`).kind).toBe('counts-up');
    expect(parse('otpauth://totp/x').kind).toBe('not-a-key');
    expect(parse('https://harbor.example/setup').kind).toBe('not-a-key');
  });
});
