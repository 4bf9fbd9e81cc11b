import type { ProductClass } from '#shared/product-class.ts';
import type { Indicator } from '#shared/status.ts';

/** A policy as it is named to people: enough to tell it apart, no values. */
export interface PolicyBrief {
  id: string;
  /** As the firm wrote it. */
  number: string;
  contactId: string;
  contactName: string;
  carrierId: string;
  carrierName: string;
  productName: string;
  productClass: ProductClass;
  status: string;
  indicator: Indicator;
  homeSourceId: string | null;
}

/** Whose contacts a search goes over. */
export type Scope = { kind: 'all' } | { kind: 'book'; personId: string };

export interface PolicyFinder {
  policyById: (id: string) => Promise<PolicyBrief | undefined>;
  inBook: (personId: string, contactId: string) => Promise<boolean>;
  /** Every policy whose whole normalized number this is. */
  policiesNumbered: (numberKey: string, scope: Scope) => Promise<PolicyBrief[]>;
  /** Number contains `numberKey`, or the contact's name or e-mail has each word; by contact, number. */
  policiesMatching: (
    sought: { numberKey: string; words: readonly string[] },
    scope: Scope,
    limit: number,
  ) => Promise<PolicyBrief[]>;
  /** Policies whose number could be a slip of this one; the caller measures the distance. */
  policiesNear: (numberKey: string, scope: Scope) => Promise<PolicyBrief[]>;
}

/** A client, with what tells two of the same name apart. */
export interface ContactBrief {
  id: string;
  name: string;
  kind: 'individual' | 'organization';
  birthYear: number | null;
  city: string | null;
  email: string | null;
  policies: number;
}

export interface ContactFinder {
  contactById: (id: string) => Promise<ContactBrief | undefined>;
  /** Contacts whose name or e-mail holds each of these words, in any order. */
  contactsMatching: (
    words: readonly string[],
    scope: Scope,
    limit: number,
  ) => Promise<ContactBrief[]>;
  /** Contacts with a word that begins like one of these; the caller measures the distance. */
  contactsLike: (
    beginnings: readonly string[],
    scope: Scope,
    limit: number,
  ) => Promise<(ContactBrief & { search: string })[]>;
  policiesOf: (contactId: string) => Promise<SheetPolicy[]>;
}

export interface NumbersFinder {
  /** Policies whose whole normalized number is one of these; by contact, number. */
  policiesWithNumbers: (
    numberKeys: readonly string[],
    scope: Scope,
    limit: number,
  ) => Promise<SheetPolicy[]>;
}

/** A policy with its newest success through any login. */
export interface SheetPolicy extends PolicyBrief {
  lastSuccessAt: number | null;
}
