import { createRequire } from 'node:module';
import { formatISO } from 'date-fns/formatISO';
import { isValid } from 'date-fns/isValid';
import { parse } from 'date-fns/parse';
import { fold } from './headings.ts';
import { shape } from './money.ts';
import { PortalChanged } from '../failure.ts';

type Locale = NonNullable<NonNullable<Parameters<typeof parse>[3]>['locale']>;

const load = createRequire(import.meta.url);

/** Only the language that a carrier asks for is loaded. Throws for one that date-fns does not have. */
const localeOf = (language: string): Locale => {
  try {
    const [locale] = Object.values(load(`date-fns/locale/${language}`) as Record<string, Locale>);
    if (locale) return locale;
  } catch {
    // Told below.
  }
  throw new Error(`date-fns has no language "${language}": "fr", "fr-CA", "de", "es" are such`);
};

/** "Nov. 20" and "Sept 20", which portals write, are not among the months of date-fns. */
const monthsAsKnown = (text: string): string =>
  text.replaceAll(/\b(\p{L}{3,4})\.(?=[\s,-])/gu, '$1').replaceAll(/\bSept\b/gi, 'Sep');

/**
 * A date in the portal's format (date-fns tokens) and language -> yyyy-mm-dd. Of several formats all
 * that fit must say the same day. Throws PortalChanged.
 */
export const date = (
  text: string,
  format: string | readonly string[],
  language = 'en-US',
): string => {
  const formats = typeof format === 'string' ? [format] : format;
  const locale = localeOf(language);
  const texts = language.startsWith('en') ? [fold(text), monthsAsKnown(fold(text))] : [fold(text)];
  const days = formats.flatMap((each) => texts.map((one) => dayOf(one, each, locale)));
  const [day, ...others] = new Set(days.filter((each) => each !== undefined));
  if (day === undefined || others.length > 0)
    throw new PortalChanged(`A date reads "${shape(text)}", not ${formats.join(' or ')}`);
  return day;
};

const dayOf = (text: string, format: string, locale: Locale): string | undefined => {
  const day = parse(text, format, new Date(2000, 0, 1), { locale });
  // "1/2/26" is read as the year 26 by yyyy: no portal means that.
  if (!isValid(day) || day.getFullYear() < 1900 || day.getFullYear() > 2200) return undefined;
  return formatISO(day, { representation: 'date' });
};
