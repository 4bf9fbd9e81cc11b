import type { Proposal } from '#portal/recording/proposal.ts';
import type { Step, Walked } from '#portal/recording/walk.ts';
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
const createPlaces = () => {
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

/** The recorded way as code; `start` is a path of the portal, undefined where it is of one login. */
export const recordedWay = (
  kind: Kind,
  walked: Walked,
  start: string | undefined,
  proposal: Proposal,
): [string, string] => {
  const says = (text: string): string => `{ css: ${quoted(`:text-is(${JSON.stringify(text)})`)} }`;
  const begins = (text: string): string => `{ css: ${quoted(`:text(${JSON.stringify(text)})`)} }`;
  const nothing =
    proposal.nothing === undefined
      ? []
      : [(proposal.nothingBegins ? begins : says)(proposal.nothing)];
  const landmark =
    proposal.landmark === undefined
      ? "{ css: 'table' }"
      : proposal.landmarkBegins
        ? begins(`${proposal.landmark}:`)
        : says(proposal.landmark);
  const places = createPlaces();
  const lines = walked.steps.flatMap((step, index) => {
    const at = places.of(step.frame);
    const wanted = findOf(step);
    const fork =
      index !== walked.fork
        ? []
        : [
            '// Either the next step to the policy, or the sentence that says there is none.',
            `await kit.find(${at.place}, [${[wanted, ...nothing].join(', ')}]);`,
            `const results = await kit.html(${at.place});`,
            `if (!(await kit.isShown(${at.place}, ${wanted}))) return { html: { results } };`,
          ];
    const found = `(await kit.find(${at.place}, ${wanted}))`;
    const typed = step.do === 'enter' ? [`await ${found}.fill(number);`] : [];
    const act = doing(step, found);
    const from = places.window();
    const acts = step.opens
      ? `const ${places.open()} = await kit.popup(${from}, async () => ${act});`
      : `await ${act};`;
    return [...at.lines, ...fork, ...typed, acts];
  });
  const last = places.of(walked.shownIn);
  const arrival =
    walked.fork === undefined
      ? [
          `await kit.find(${last.place}, [${[landmark, ...nothing].join(', ')}]);`,
          `const shown = await kit.html(${last.place});`,
          proposal.nothing === undefined
            ? 'return { html: { policy: shown } };'
            : `return (await kit.isShown(${last.place}, ${nothing[0]})) ? { html: { results: shown } } : { html: { policy: shown } };`,
        ]
      : [
          `await kit.find(${last.place}, ${landmark});`,
          `return { html: { results, policy: await kit.html(${last.place}) } };`,
        ];
  const homes =
    start === undefined
      ? '/** The address of the first screen is of one login, and is where the sign-in led to. */\nconst homes = new WeakMap();\n\n'
      : '';
  const go =
    start === undefined
      ? [
          'const home = homes.get(page) ?? page.url();',
          'homes.set(page, home);',
          'await page.goto(home);',
        ]
      : [`await page.goto(\`\${address}${start}\`);`];
  const address = start === undefined ? '_address' : 'address';
  const body = [...go, ...lines, ...last.lines, ...arrival].map((line) => `    ${line}`).join('\n');
  return [
    file(kind, 'way'),
    `${WRITTEN} record\`, as it went. Once you change it, it is yours: take this line away.
${typesOf(kind, 'Carrier', 'Kit')}${homes}export const wayToPolicy =
  ${kind.typed ? `(kit: Kit, ${address}: string): Carrier['readPolicy'] =>` : `(kit, ${address}) =>`}
  async (page, number) => {
${body}
  };
`,
  ];
};
