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

/** A policy with its newest success through any login. */
export interface SheetPolicy extends PolicyBrief {
  lastSuccessAt: number | null;
}
