import { afterEach, expect, inject } from 'vitest';
import { hearOfDisorder } from '#database/locks.ts';
import { useServer } from './database.ts';

// Before each file of the project `postgres`: its databases are made on the server of this run.
useServer(inject('postgres'));

/** Two transactions that take their locks in different orders wait for each other, seldom and in no test. */
const disorders: string[] = [];
hearOfDisorder((disorder) => disorders.push(`${disorder}${new Error().stack ?? ''}`));
afterEach(() => {
  // eslint-disable-next-line vitest/no-standalone-expect -- it is asked after each test of a file
  expect(disorders.splice(0)).toEqual([]);
});
