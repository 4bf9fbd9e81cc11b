import type { Proposal } from '#portal/recording/proposal.ts';
import type { Step } from '#portal/recording/step.ts';
import type { Screen, Walked } from '#portal/recording/walk.ts';
import { file, literal, quoted, typesOf, WRITTEN, type Kind } from './scaffold.ts';

const findOf = ({ find, byNumber }: Step): string => {
  if (byNumber === undefined) return literal(find);
  if (byNumber === 'row') return literal(find).replace(/ \}$/, ', row: kit.numberWithin(number) }');
  const number = `kit.${byNumber === 'alone' ? 'numberPattern' : 'numberWithin'}(number)`;
  return find.role === undefined
    ? `{ text: ${number} }`
    : `{ role: [${quoted(find.role[0])}, ${number}] }`;
};

const doing = (step: Step, found: string): string => {
  switch (step.do) {
    case 'fill':
      return `${found}.fill(number)`;
    case 'enter':
      return `${found}.press('Enter')`;
    case 'check':
      return `${found}.check()`;
    case 'choose':
      return `${found}.selectOption({ label: ${quoted(step.option ?? '')} })`;
    case 'double':
      return `${found}.dblclick()`;
    case 'press':
      return `${found}.click()`;
  }
};

/** Names the frames and windows of a way as it comes to them, each once. */
export const createPlaces = () => {
  let window = 'page';
  let windows = 0;
  let frames = 0;
  const known = new Map<string, string>();
  return {
    window: () => window,
    open: () => {
      windows += 1;
      window = `window${windows}`;
      known.clear();
      return window;
    },
    /** What a frame is called, and the lines that find those on its path where they are met first. */
    of: (path: readonly string[] = []): { place: string; lines: string[] } => {
      let place = window;
      const lines: string[] = [];
      for (const [depth, css] of path.entries()) {
        const key = path.slice(0, depth + 1).join('\n');
        const met = known.get(key);
        if (met === undefined) {
          frames += 1;
          known.set(key, `frame${frames}`);
          lines.push(`const frame${frames} = await kit.frame(${place}, { css: ${quoted(css)} });`);
        }
        place = met ?? `frame${frames}`;
      }
      return { place, lines };
    },
  };
};

type Places = ReturnType<typeof createPlaces>;

/** One step as code, where `places` has come to. */
export const stepLines = (places: Places, step: Step): string[] => {
  const at = places.of(step.frame);
  const found = `(await kit.find(${at.place}, ${findOf(step)}))`;
  const typed = step.do === 'enter' ? [`await ${found}.fill(number);`] : [];
  const from = places.window();
  const act = doing(step, found);
  const acts = step.opens
    ? `const ${places.open()} = await kit.popup(${from}, async () => ${act});`
    : `await ${act};`;
  return [...at.lines, ...typed, acts];
};

/** Selectors of a text that an element has, whole or at its beginning. */
export const says = (text: string): string =>
  `{ css: ${quoted(`:text-is(${JSON.stringify(text)})`)} }`;
const begins = (text: string): string => `{ css: ${quoted(`:text(${JSON.stringify(text)})`)} }`;

const landmarkOf = ({
  landmark,
  landmarkBegins,
}: Pick<Proposal, 'landmark' | 'landmarkBegins'>): string =>
  landmark === undefined
    ? "{ css: 'table' }"
    : landmarkBegins
      ? begins(`${landmark}:`)
      : says(landmark);

/** The recorded way as code; `start` is a path of the portal, undefined where it is of one login. */
export const recordedWay = (
  kind: Kind,
  walked: Walked,
  start: string | undefined,
  proposal: Proposal,
): [string, string] => {
  const { steps, fork, policy, values } = walked;
  const nothing =
    proposal.nothing === undefined
      ? []
      : [(proposal.nothingBegins ? begins : says)(proposal.nothing)];
  const places = createPlaces();
  /** The lines that keep a screen, once it is there. */
  const keep = (name: 'policy' | 'values', screen: Screen): string[] => {
    const at = places.of(screen.frame);
    // Where the way forks, what is found there has come already.
    const waits = name === 'values' || screen.after !== fork;
    const landmark = landmarkOf((name === 'values' && proposal.apart) || proposal);
    return [
      ...at.lines,
      ...(waits ? [`await kit.find(${at.place}, ${landmark});`] : []),
      `const ${name} = await kit.html(${at.place});`,
    ];
  };
  const kept = (after: number): string[] =>
    fork === undefined
      ? []
      : [
          ...(policy.after === after ? keep('policy', policy) : []),
          ...(values?.after === after ? keep('values', values) : []),
        ];
  const lines = steps.flatMap((step, index) => {
    const at = places.of(step.frame);
    const wanted = findOf(step);
    const forks =
      index !== fork
        ? []
        : [
            '// Either the next step to the policy, or the sentence that says there is none.',
            `await kit.find(${at.place}, [${[wanted, ...nothing].join(', ')}]);`,
            `const results = await kit.html(${at.place});`,
            `if (!(await kit.isShown(${at.place}, ${wanted}))) return { html: { results } };`,
          ];
    return [...at.lines, ...forks, ...kept(index), ...stepLines(places, step)];
  });
  const last = places.of(policy.frame);
  const arrival =
    fork === undefined
      ? [
          ...last.lines,
          `await kit.find(${last.place}, [${[landmarkOf(proposal), ...nothing].join(', ')}]);`,
          `const shown = await kit.html(${last.place});`,
          proposal.nothing === undefined
            ? 'return { html: { policy: shown } };'
            : `return (await kit.isShown(${last.place}, ${nothing[0]})) ? { html: { results: shown } } : { html: { policy: shown } };`,
        ]
      : [
          ...kept(steps.length),
          `return { html: { results, policy${values === undefined ? '' : ', values'} } };`,
        ];
  const go = beginning(kind, start);
  const body = [go.line, ...lines, ...arrival].map((line) => `    ${line}`).join('\n');
  return [
    file(kind, 'way'),
    `${WRITTEN} record\`, as it went. Once you change it, it is yours: take this line away.
${typesOf(kind, 'Carrier', 'Kit')}${go.homeOf}export const wayToPolicy =
  ${kind.typed ? `(kit: Kit, ${go.address}: string): Carrier['readPolicy'] =>` : `(kit, ${go.address}) =>`}
  async (page, number) => {
${body}
  };
`,
  ];
};

/** How a way comes to its first screen; `homeOf` is declared by the way to a policy alone. */
export const beginning = (
  kind: Kind,
  start: string | undefined,
): { homeOf: string; address: string; line: string } =>
  start === undefined
    ? {
        homeOf: `/** The address of the first screen is of one login, and is where the sign-in led to. */
const homes = new WeakMap();
export const homeOf = ${kind.typed ? "(page: Parameters<Carrier['readPolicy']>[0]): string =>" : '(page) =>'} {
  const home = homes.get(page) ?? page.url();
  homes.set(page, home);
  return home;
};

`,
        address: '_address',
        line: 'await page.goto(homeOf(page));',
      }
    : { homeOf: '', address: 'address', line: `await page.goto(\`\${address}${start}\`);` };
