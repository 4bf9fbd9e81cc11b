import type { Capture } from '#portal/contract.ts';

/**
 * A change of a recorded page. Which kind it is, is written down here, before anything is run: a
 * `cosmetic` one says the same as before; a `harmful` one no longer does, or not surely.
 */
export interface Mutation {
  kind: 'cosmetic' | 'harmful';
  name: string;
  /** Says nothing of a policy any more, so that even "there is none" would be made up. */
  mute?: true;
}

/** One file of a capture, changed. */
export interface Mutant extends Mutation {
  capture: Capture;
}

/** A changed text, by the mutation that changed it; the same text is no mutant. */
export type Changed<T> = readonly [Mutation, T];

export const cosmetic = (name: string): Mutation => ({ kind: 'cosmetic', name });
export const harmful = (name: string): Mutation => ({ kind: 'harmful', name });
export const mute = (name: string): Mutation => ({ kind: 'harmful', name, mute: true });

/** What a portal in another language would say. */
const GERMAN: Record<string, string> = {
  policy: 'Police',
  policies: 'Policen',
  account: 'Konto',
  contract: 'Vertrag',
  number: 'Nummer',
  status: 'Zustand',
  product: 'Produkt',
  plan: 'Tarif',
  owner: 'Inhaber',
  insured: 'Versicherter',
  value: 'Wert',
  values: 'Werte',
  amount: 'Betrag',
  surrender: 'Rückkauf',
  cash: 'Bar',
  death: 'Todesfall',
  benefit: 'Leistung',
  face: 'Nenn',
  as: 'Stand',
  of: 'vom',
  date: 'Datum',
  type: 'Art',
  description: 'Bezeichnung',
  valuation: 'Bewertung',
  no: 'Keine',
  not: 'nicht',
  match: 'passen',
  found: 'gefunden',
  search: 'Suche',
  your: 'Ihre',
  in: 'in',
  force: 'Kraft',
  active: 'Aktiv',
  lapsed: 'Verfallen',
  surrendered: 'Zurückgekauft',
  available: 'verfügbar',
  end: 'Ende',
  report: 'Bericht',
  all: 'Alle',
  scope: 'Umfang',
};

/** Words of the page in German; what is no word of it stays. */
export const inGerman = (text: string): string =>
  text.replaceAll(/[A-Za-z]+/g, (word) => GERMAN[word.toLowerCase()] ?? word);

/** "$1,234.50" as "$1.234,50": the same digits, read otherwise a hundred or a thousand times as much. */
export const withCommas = (text: string): string =>
  text.replaceAll(/\d{1,3}(?:,\d{3})*\.\d{2}(?!\d)/g, (amount) =>
    amount.replaceAll(',', ' ').replace('.', ',').replaceAll(' ', '.'),
  );

/** Of amounts in dollars, the same in another currency. */
export const inEuros = (text: string): string => text.replaceAll('$', '€').replaceAll('USD', 'EUR');

export const inPounds = (text: string): string =>
  text.replaceAll('$', '£').replaceAll('USD', 'GBP');

/** Another policy's number: every digit is another. */
export const otherNumber = (number: string): string =>
  number.replaceAll(/\d/g, (digit) => String((Number(digit) + 3) % 10));

/** Another policy's amounts. */
export const otherAmounts = (text: string): string =>
  text.replaceAll(/\d(?=[\d,]*\.\d{2}(?!\d))/g, (digit) => String((Number(digit) + 2) % 9 || 7));

export const INTERSTITIAL =
  '<!DOCTYPE html><html><head><title>News</title></head><body><main><h1>What is new for advisors</h1><p>No time to lose: our new statements are here. Not found what you need? Call us.</p><a href="/continue">Continue</a></main></body></html>';
