import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { startFirm } from '#test/support/firm.ts';

const listens = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const taken = (server.address() as AddressInfo).port;
      server.close(() => resolve(taken));
    });
  });

it('a start that fails in the middle gives back its port, and the next one succeeds', async () => {
  const port = await listens(0);
  await using firm = await startFirm({ config: { port } });
  await firm.stopBot();
  await sql`insert into webhook_target (id) values (1)`.execute(firm.db);
  await sql`create trigger broken_target before delete on webhook_target
    begin select raise(abort, 'this row cannot be written'); end`.execute(firm.db);
  await expect(firm.startBotAgain()).rejects.toThrow('this row cannot be written');
  expect(await listens(port)).toBe(port);

  await sql`drop trigger broken_target`.execute(firm.db);
  await firm.startBotAgain();
});
