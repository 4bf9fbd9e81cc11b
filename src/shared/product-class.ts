export const PRODUCT_CLASSES = [
  'variable',
  'fixed',
  'indexed',
  'term',
  'whole-life',
  'universal-life',
  'account',
  'other',
] as const;

/** How a product's value moves, and so how old its as-of date may rightly be. */
export type ProductClass = (typeof PRODUCT_CLASSES)[number];

/** First match decides: an indexed annuity is often called "fixed indexed", an IRA may hold either. */
const WORDS: readonly (readonly [ProductClass, RegExp])[] = [
  [
    'other',
    /long[ -]?term care|\bltc\b|disabilit|short[ -]?term|\bhealth|medicare|\bdental\b|\bvision\b/,
  ],
  ['variable', /\bvariable\b|\bv(ul|a)\b|separate account|unit[ -]linked/],
  // Funds that follow an index are valued each day; a product credited by one moves once a year.
  [
    'account',
    /\bindex (mutual )?funds?\b|\betfs?\b|mutual fund|(investment|brokerage|advisory|managed) account/,
  ],
  ['indexed', /\bindex(ed)?\b|\b(f?ia|iul|rila|eia)\b|buffer(ed)?\b/],
  ['universal-life', /\buniversal\b|\bg?ul\b|adjustable life|flexible premium life/],
  ['whole-life', /\bwhole\b|\bwl\b|participating|final expense|endowment/],
  ['term', /\bterm\b/],
  ['fixed', /\bfixed\b|\b(myga|spia|dia|qlac)\b|guarantee|immediate|income annuity|\bcd\b/],
  ['account', /brokerage|mutual fund|managed|advisory|account|\b(ira|401|403|529)|etf|investment/],
];

/** Derived from the CRM's product type and plan type; a type not understood is `other`. */
export const productClassOf = (productType: string, planType: string): ProductClass => {
  const text = `${productType} ${planType}`.toLowerCase();
  return WORDS.find(([, words]) => words.test(text))?.[0] ?? 'other';
};
