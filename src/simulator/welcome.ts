import { FIRST_STEPS, LOGINS, PHONE, TO_TRY } from './first-steps.ts';

/** Where the workspace's page has what a link page asks for. */
export const sandboxAt = (url: string) => ({
  logins: `${url}/?in=${LOGINS}`,
  phone: `${url}/?in=${PHONE}`,
});

/** The first steps of the page, with the address where each begins. */
export const welcome = (url: string): string[] => [
  `Ready. ${TO_TRY} in the workspace:`,
  '',
  ...FIRST_STEPS.flatMap(({ title, as, who, command, places = [] }) => [
    `  ${title}`,
    `      ${url}/?as=${as}&in=CTEAM0001`,
    `      as ${who}: ${command}`,
    ...places.map((place) => `      ${place.text}: ${url}/?in=${place.in}`),
  ]),
  '',
  `Without a browser, in another terminal: npm run say -- "${FIRST_STEPS[0]?.command ?? '/sync help'}"`,
  'Ctrl-C stops it; npm start goes on where it was, npm start -- --fresh begins anew.',
];
