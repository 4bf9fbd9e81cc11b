import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectFolder } from '#setup/tools.mjs';
import { loadCarriers } from '#portal/carriers.ts';
import type { Capture } from '#portal/contract.ts';
import { recordedCases, replay } from '#portal/recording/replay.ts';
import { PortalChanged } from '#portal/failure.ts';

/** Replays what portals once showed, for every carrier of the repository. */
const folder = join(projectFolder, 'carriers');
const carriers = await loadCarriers({ folders: [folder], allowDemo: true });

describe.each(carriers.map((carrier) => [carrier.id, carrier] as const))('%s', (id, carrier) => {
  const cases = recordedCases(join(folder, id));

  it('has recorded pages of a policy found and of one absent', () => {
    expect(cases.map((each) => each.name)).toEqual(expect.arrayContaining(['found', 'absent']));
  });

  it.each(cases.map((each) => [each.name, each] as const))(
    'reads the recorded pages "%s" as expected',
    (_name, { capture, number, expected }) => {
      expect(replay(carrier, capture, number)).toEqual(expected);
    },
  );

  it('does not understand an empty page, nor a page of another site', () => {
    for (const page of ['', '<html><body><h1>Welcome</h1><p>0 results</p></body></html>']) {
      const html = { results: page, result: page, policy: page, book: page };
      const json = { search: {}, contract: { message: page }, contracts: { message: page } };
      const text = { report: page, statement: page };
      const parsers = [
        (capture: Capture) => carrier.parsePolicy(capture, '1'),
        ...(carrier.parseBook ? [carrier.parseBook] : []),
      ];
      for (const parse of parsers)
        for (const capture of [{ html, json }, { html, json, text }, {}])
          expect(() => parse(capture)).toThrow(PortalChanged);
    }
  });
});
