import type { Find } from '#portal/contract.ts';
import type { Proposal } from '#portal/recording/proposal.ts';

/** A carrier's first files. TypeScript inside the repository, plain JavaScript outside of it. */
export interface Kind {
  typed: boolean;
}

export interface FirstFacts {
  id: string;
  name: string;
  /** Origin of the portal, and the path of its sign-in page. */
  origin: string;
  signInPath: string;
  user: { label: string; find: Find };
  password: { label: string; find: Find };
  submit: Find;
  /** Pressed after the user name, when the password is on another screen. */
  next?: Find;
}

export const file = ({ typed }: Kind, name: string): string => `${name}.${typed ? 'ts' : 'mjs'}`;
export const quoted = (text: string): string =>
  `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;

/** For use in a regular expression that is written out. */
export const escaped = (text: string): string =>
  text.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);

export const literal = (find: Find): string =>
  find.role
    ? `{ role: [${quoted(find.role[0])}, ${quoted(String(find.role[1]))}] }`
    : `{ ${Object.entries(find)
        .map(([how, what]) => `${how}: ${quoted(String(what))}`)
        .join(', ')} }`;

export const WRITTEN = '// Written by `sync carrier';

/** Whether a file is still as the commands wrote it, so that they may write it again. */
export const isWritten = (text: string): boolean => text.startsWith(WRITTEN);

export const indexFile = (kind: Kind, facts: FirstFacts): [string, string] => {
  const { id, name, origin, signInPath, user, password, submit, next } = facts;
  const type = kind.typed ? ': CarrierFactory' : '';
  return [
    file(kind, 'index'),
    `${kind.typed ? "import type { CarrierFactory } from '#portal/contract.ts';\n" : ''}import { policyParser } from './${file(kind, 'parse')}';
import { wayToPolicy } from './${file(kind, 'way')}';

/** ${name}. Its code sees passwords: keep it to what the contract asks for. */
const carrier${type} = (kit) => {
  const address = kit.address(${quoted(id)}, ${quoted(origin)});
  return {
    id: ${quoted(id)},
    name: ${quoted(name)},
    origins: [address],
    portalUrl: address,
    unlockSteps: ${quoted(`Call ${name} and ask them to unlock your login.`)},
    // How long the portal keeps a session, and how often a day it may be entered without a person.
    sessionMinutes: 15,
    automaticSignInsPerDay: 4,
    // Set to 'sometimes' or 'always', and declare signIn.code, where the portal asks for codes.
    codes: 'never',
    signIn: {
      url: \`\${address}${signInPath}\`,
      fields: [
        {
          name: 'user',
          label: ${quoted(user.label)},
          secret: false,
          autocomplete: 'username',
          find: ${literal(user.find)},${next === undefined ? '' : `\n          next: ${literal(next)},`}
        },
        {
          name: 'password',
          label: ${quoted(password.label)},
          secret: true,
          autocomplete: 'current-password',
          find: ${literal(password.find)},
        },
      ],
      submit: ${literal(submit)},
      // The first rule that holds decides. Make these exact once you have seen the portal's own words.
      outcomes: [
        {
          when: { text: /(is|are|was|were) (not (correct|valid|right)|incorrect|invalid|wrong)|(does|do|did) not match|not recogni[sz]ed/i },
          is: 'bad-credentials',
        },
        { when: { text: /\\b(sign|log) ?(out|off)\\b/i }, is: 'signed-in' },
      ],
    },
    openHome: async (page) => {
      await page.goto(address);
    },
    readPolicy: wayToPolicy(kit, address),
    // Another name means that a label was changed: then the page is not understood. Add what your portal shows.
    valueNames: kit.usualValueNames,
    parsePolicy: policyParser(kit),
  };
};

export default carrier;
`,
  ];
};

export const typesOf = (kind: Kind, ...names: string[]): string =>
  kind.typed ? `import type { ${names.join(', ')} } from '#portal/contract.ts';\n\n` : '\n';

export const firstWay = (kind: Kind): [string, string] => [
  file(kind, 'way'),
  `${WRITTEN} new\`; \`sync carrier record\` finds the way and writes it here.
${typesOf(kind, 'Carrier', 'Kit')}export const wayToPolicy = ${kind.typed ? "(kit: Kit, _address: string): Carrier['readPolicy'] =>" : '(kit) =>'} async () => {
  throw new kit.PortalChanged('The way to a policy is not recorded yet');
};
`,
];

export const firstParser = (kind: Kind): [string, string] => [
  file(kind, 'parse'),
  `${WRITTEN} new\`; \`sync carrier record\` proposes a first version here.
${typesOf(kind, 'Carrier', 'Kit')}export const policyParser = ${kind.typed ? "(kit: Kit): Carrier['parsePolicy'] =>" : '(kit) =>'} () => {
  throw new kit.PortalChanged('What the pages mean is not written yet');
};
`,
];

/** Of a parser's file: what a value without an amount reads. */
export const NO_AMOUNT = String.raw`/** Where a value is named and no amount is shown. */
const NO_AMOUNT = /^(not (available|stated|shown)|n\/?a|pending|[-–—]*)$/i;`;

/** What its author has to say, on top of a file. */
export const openQuestions = (open: readonly string[]): string =>
  open.map((each) => `// Not seen, so say it yourself: ${each}.\n`).join('');

/** A parser that looks for the proposed labels, and refuses whatever it does not find exactly once. */
export const proposedParser = (kind: Kind, proposal: Proposal): [string, string] => {
  const {
    nothing,
    nothingBegins,
    number,
    status,
    product,
    table,
    amounts = [],
    asOf,
    dates,
    undated = false,
    apart,
  } = proposal;
  const open = [
    ...(number === undefined ? ['which label the number stands beside'] : []),
    ...(status === undefined ? ['which label the status stands beside'] : []),
    ...(dates === undefined && !undated
      ? [
          "where the as-of date stands, and how it is written; say asOf: 'unknown' where the portal shows none",
        ]
      : []),
    ...(table === undefined && amounts.length === 0 ? ['where the values are'] : []),
    ...(apart?.shared.every((label) => label === number)
      ? [
          'a text of both screens that changes with the policy: without one, two states may be mixed',
        ]
      : []),
  ];
  const none =
    nothing !== undefined && nothingBegins
      ? `/^${escaped(nothing)}/`
      : quoted(nothing ?? 'the sentence that says there is none');
  const format = quoted(dates ?? 'MM/dd/yyyy');
  const beside = table?.asOf === undefined;
  const screen = apart === undefined ? '$' : 'valued';
  const day = undated
    ? quoted('unknown')
    : `kit.date(${beside ? (apart === undefined ? 'facts.asOf' : 'asOf') : 'row.asOf'}, ${format})`;
  const push = (
    name: string,
    amount: string,
  ): string => `      if (NO_AMOUNT.test(${amount})) missing.push(${name});
      else values.push({ name${name === 'name' ? '' : `: ${name}`}, amount: kit.money(${amount}, 'USD'), asOf: ${day} });`;
  const columns = [
    `name: ${quoted(table?.name ?? '')}`,
    `amount: ${quoted(table?.amount ?? '')}`,
    ...(table?.asOf === undefined ? [] : [`asOf: ${quoted(table.asOf)}`]),
  ];
  const names = amounts.map(quoted).join(', ');
  const loop =
    table === undefined
      ? `    // A policy of another kind may show fewer of these: they are told as missing.
    const shown = kit.values(${screen}, { labels: {}, optional: { ${amounts.map((label) => `${quoted(label)}: ${quoted(label)}`).join(', ')} } });
    if (Object.keys(shown).length === 0) throw new kit.PortalChanged('None of the known values is shown');
    for (const name of [${names}]${kind.typed ? ' as const' : ''}) {
      const amount = shown[name] ?? '';
${push('name', 'amount')}
    }`
      : `    for (const row of kit.rows(${screen}, { columns: { ${columns.join(', ')} } })) {
${push('row.name', 'row.amount')}
    }`;
  const labels = [
    `number: ${quoted(number ?? 'Policy number')}`,
    `status: ${quoted(status ?? 'Status')}`,
    ...(beside && !undated && apart === undefined ? [`asOf: ${quoted(asOf ?? 'As of')}`] : []),
  ];
  const second =
    apart === undefined
      ? ''
      : `\n    const valued = kit.load(html['values'] ?? '');${beside && !undated ? `\n    const { asOf } = kit.values(valued, { labels: { asOf: ${quoted(asOf ?? 'As of')} } });` : ''}`;
  const snapshot = `{
        number: facts.number,
        status: facts.status,${product === undefined ? '' : '\n        ...(facts.product === undefined ? {} : { productName: facts.product }),'}
        values,
        missing,
      }`;
  const joined =
    apart === undefined
      ? snapshot
      : `kit.agree([$, valued], [${apart.shared.map(quoted).join(', ')}], ${snapshot})`;
  const lists = kind.typed
    ? '    const values: ReadValue[] = [];\n    const missing: string[] = [];'
    : '    const values = [];\n    const missing = [];';
  return [
    file(kind, 'parse'),
    `${WRITTEN} record\`, from what the pages seem to say: read it before you trust it. Once you change it, take this line away.
${typesOf(kind, 'Carrier', 'Kit', 'ReadValue')}${openQuestions(open)}${undated ? '// No day stands beside its values: none is made up.\n' : ''}
${NO_AMOUNT}

export const policyParser =
  ${kind.typed ? "(kit: Kit): Carrier['parsePolicy'] =>" : '(kit) =>'}
  ({ html = {} }) => {
    if (html['policy'] === undefined) {
      const $ = kit.load(html['results'] ?? '');
      if (!kit.says($, ${none})) throw new kit.PortalChanged('The results name no policy, and do not say that there is none');
      return { kind: 'absent' };
    }
    const $ = kit.load(html['policy']);${second}
    const facts = kit.values($, { labels: { ${labels.join(', ')} }${product === undefined ? '' : `, optional: { product: ${quoted(product)} }`} });
${lists}
${loop}
    return { kind: 'found', snapshot: ${joined} };
  };
`,
  ];
};
