import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '#shared/secret.ts';
import { loadOrCreateKeys, loadPublicKeys, parsePrivateKeys, rotateKeys } from '#database/keys.ts';
import { createOpener, createSealer, generateKey } from '#database/sealing.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'sealing-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

describe('a sealed secret', () => {
  it('is opened by the private key, and only with its own login source', async () => {
    const key = await generateKey();
    const sealed = await createSealer([key]).seal(new Secret('pa$$wörd'), 'source-1');
    expect(JSON.stringify(sealed)).not.toContain('pa$$w');
    const opener = createOpener([key]);
    expect((await opener.open(sealed, 'source-1')).reveal()).toBe('pa$$wörd');
    await expect(opener.open(sealed, 'source-2')).rejects.toThrow(
      'belongs to another login source',
    );
  });

  it('seals the same text differently each time', async () => {
    const sealer = createSealer([await generateKey()]);
    const [one, two] = [
      await sealer.seal(new Secret('x'), 's'),
      await sealer.seal(new Secret('x'), 's'),
    ];
    expect(one.sealed).not.toBe(two.sealed);
  });

  it('is refused when a byte of it was changed, or it was cut', async () => {
    const key = await generateKey();
    const { keyId, sealed } = await createSealer([key]).seal(new Secret('secret'), 's');
    const altered = Buffer.from(sealed, 'base64');
    altered[altered.length - 1] = (altered.at(-1) ?? 0) ^ 1;
    const opener = createOpener([key]);
    for (const bad of [altered.toString('base64'), sealed.slice(0, 12), ''])
      await expect(opener.open({ keyId, sealed: bad }, 's')).rejects.toThrow('was altered');
  });

  it('sealed to a key that is not here says which one is missing', async () => {
    const sealed = await createSealer([await generateKey()]).seal(new Secret('x'), 's');
    await expect(createOpener([await generateKey()]).open(sealed, 's')).rejects.toThrow(
      `No private key ${sealed.keyId} here`,
    );
  });
});

describe('the key files', () => {
  it('are made once: the private one for its owner alone, the public one without the private part', async () => {
    const [first, second] = await Promise.all([loadOrCreateKeys(dir), loadOrCreateKeys(dir)]);
    expect(second.map(({ id }) => id)).toEqual(first.map(({ id }) => id));
    expect(statSync(join(dir, 'sealing-private.json')).mode & 0o777).toBe(0o600);
    const shown = readFileSync(join(dir, 'sealing-public.json'), 'utf8');
    expect(shown).not.toContain(first[0]?.privateKey.reveal());
    expect(loadPublicKeys(dir).map(({ id }) => id)).toEqual(first.map(({ id }) => id));
  });

  it('seal with the newest key after a rotation and still open what is older', async () => {
    await loadOrCreateKeys(dir);
    const old = await createSealer(loadPublicKeys(dir)).seal(new Secret('old'), 's');
    const keys = await rotateKeys(dir);
    const fresh = await createSealer(loadPublicKeys(dir)).seal(new Secret('new'), 's');
    expect(fresh.keyId).not.toBe(old.keyId);
    const opener = createOpener(keys);
    expect((await opener.open(old, 's')).reveal()).toBe('old');
    expect((await opener.open(fresh, 's')).reveal()).toBe('new');
  });

  it('are not made anew where the public one says that there is a private one, and it is left as it is', async () => {
    await loadOrCreateKeys(dir);
    const shown = readFileSync(join(dir, 'sealing-public.json'), 'utf8');
    rmSync(join(dir, 'sealing-private.json'));
    for (const make of [loadOrCreateKeys, rotateKeys])
      await expect(make(dir)).rejects.toThrow('Bring it back from where you keep it');
    expect(readFileSync(join(dir, 'sealing-public.json'), 'utf8')).toBe(shown);
    rmSync(join(dir, 'sealing-public.json'));
    expect(await loadOrCreateKeys(dir)).toHaveLength(1);
  });

  it('can be handed over as text', async () => {
    const keys = await loadOrCreateKeys(dir);
    const text = readFileSync(join(dir, 'sealing-private.json'), 'utf8');
    expect(parsePrivateKeys(text).map(({ id }) => id)).toEqual(keys.map(({ id }) => id));
  });

  it('are refused when others can read them or they are something else, without showing any of it', async () => {
    await loadOrCreateKeys(dir);
    chmodSync(join(dir, 'sealing-private.json'), 0o644);
    await expect(loadOrCreateKeys(dir)).rejects.toThrow('set its mode to 0600');
    writeFileSync(join(dir, 'sealing-public.json'), '{"keys":"hush"}');
    expect(() => loadPublicKeys(dir)).toThrow(/is not a key file\.$/);
    expect(() => loadPublicKeys(join(dir, 'none'))).toThrow('There is no public key');
  });

  it('print a private key as [secret]', async () => {
    expect(JSON.stringify(await generateKey())).toContain('"privateKey":"[secret]"');
  });
});
