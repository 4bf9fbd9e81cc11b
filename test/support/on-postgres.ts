import { inject } from 'vitest';
import { useServer } from './database.ts';

// Before each file of the project `postgres`: its databases are made on the server of this run.
useServer(inject('postgres'));
