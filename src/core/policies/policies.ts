import type { ProductClass } from '#shared/product-class.ts';
import type { Indicator } from './status.ts';

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
