/**
 * The last look before something is written: whether one of these texts is in it, as it is, in another
 * case, without separators, or in any encoding that a page or a call may use.
 */
export const leaksIn = (written: string, secrets: readonly string[]): string[] => {
  const forms = readings(written);
  return secrets.filter((secret) => {
    if (secret.trim().length < 4) return false;
    const folded = secret.toLowerCase();
    const bare = squeezed(folded);
    return forms.some(
      (form) => form.includes(folded) || (bare.length > 5 && squeezed(form).includes(bare)),
    );
  });
};

const squeezed = (text: string): string => text.replaceAll(/[\s\-_./+,'"\\]+/g, '');

const readings = (written: string): string[] => {
  const plain = [written, decodePercent(written), decodeEntities(written), decodeEscapes(written)];
  const blobs = (written.match(/[A-Za-z0-9+/_-]{8,}={0,2}/g) ?? []).map((blob) =>
    Buffer.from(blob, 'base64').toString('utf8'),
  );
  const hex = (written.match(/(?:[0-9a-f]{2}){4,}/gi) ?? []).map((blob) =>
    Buffer.from(blob, 'hex').toString('utf8'),
  );
  const withoutTags = plain.map((text) => text.replaceAll(/<[^>]*>/g, ''));
  return [...plain, ...withoutTags, blobs.join('\n'), hex.join('\n')].map((text) =>
    text.toLowerCase(),
  );
};

const decodePercent = (text: string): string =>
  text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });

const decodeEntities = (text: string): string =>
  text
    .replaceAll(/&#(\d{1,6});?/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll(/&#x([0-9a-f]{1,5});?/gi, (_, code: string) =>
      String.fromCodePoint(Number.parseInt(code, 16)),
    )
    .replaceAll('&amp;', '&')
    .replaceAll('&quot;', '"')
    .replaceAll('&nbsp;', ' ');

const decodeEscapes = (text: string): string =>
  text.replaceAll(/\\u([0-9a-f]{4})/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
