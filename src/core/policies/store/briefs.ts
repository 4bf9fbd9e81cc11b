import type { Database } from '#database/connection.ts';
import type { ProductClass } from '#shared/product-class.ts';
import type { Indicator } from '#shared/status.ts';
import type { Scope } from '../policies.ts';

/** A policy with the names that people know it by. */
export const briefs = (db: Database) =>
  db
    .selectFrom('policy as p')
    .innerJoin('contact as c', 'c.id', 'p.contact_id')
    .innerJoin('carrier as k', 'k.id', 'p.carrier_id')
    .innerJoin('product_status as st', 'st.name', 'p.status')
    .select([
      'p.id',
      'p.number',
      'p.contact_id as contactId',
      'c.name as contactName',
      'p.carrier_id as carrierId',
      'k.name as carrierName',
      'p.product_name as productName',
      'p.status',
      'p.home_source_id as homeSourceId',
    ])
    .select((of) => [
      of.ref('p.product_class').$castTo<ProductClass>().as('productClass'),
      of.ref('st.indicator').$castTo<Indicator>().as('indicator'),
    ]);

export type Briefs = ReturnType<typeof briefs>;

export const within = (query: Briefs, scope: Scope): Briefs =>
  scope.kind === 'all'
    ? query
    : query.where((of) =>
        of(
          'p.contact_id',
          'in',
          of.selectFrom('book').select('contact_id').where('person_id', '=', scope.personId),
        ),
      );
