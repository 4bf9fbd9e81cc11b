import { CASES } from './portals/cases.ts';

const ANA = CASES.changed.as;
const MARCUS = 'UMARCUS01';

/** What somebody who sees this for the first time may try, with where each begins. */
export const welcome = (url: string): string[] => {
  const at = (query: string): string => `${url}/?${query}`;
  return [
    'Ready. Three things to try, each a click in the workspace:',
    '',
    `  Sync a policy       ${at(`as=${ANA}&in=CTEAM0001`)}`,
    `                      as Ana: /sync policy ${CASES.changed.number}`,
    `  Link a login        ${at(`as=${CASES.singleUnlinked.as}&in=CTEAM0001`)}`,
    `                      as Ben: /sync policy ${CASES.singleUnlinked.number}, then Link`,
    `                      its user name and password: ${at('in=logins')}`,
    `                      the codes that carriers send: ${at('in=phone')}`,
    `  Read the digest     ${at(`as=${MARCUS}&in=CTEAM0001`)}`,
    '                      as Marcus: /sync digest',
    '',
    `Without a browser, in another terminal: npm run say -- "/sync policy ${CASES.changed.number}"`,
    'Ctrl-C stops it; npm start goes on where it was, npm start -- --fresh begins anew.',
  ];
};
