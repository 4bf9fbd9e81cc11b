import type { Carrier } from '#portal/contract.ts';
import { createPortals } from '#portal/portals.ts';
import { openHouse } from '#test/support/portals.ts';

/** Short where a limit is waited out, yet longer than a busy machine takes for what is to come first. */
const SHORT = { wait: 6000, read: 8000, signIn: 6000, book: 8000 };

type House = Awaited<ReturnType<typeof openHouse>>;

/** Tells each time that a policy is read from pages, so that it shows which way was taken. */
const watched = (carrier: Carrier, onPages: () => void): Carrier => ({
  ...carrier,
  readPolicy: (page, number) => {
    onPages();
    return carrier.readPolicy(page, number);
  },
});

const withoutJson = (carrier: Carrier): Carrier => {
  const pagesAlone = { ...carrier };
  delete pagesAlone.readJson;
  return pagesAlone;
};

/** The local portals and the shipped carriers that have one, read in one browser. */
export const openBench = async () => {
  const house: House = await openHouse();
  const carriers = house.carriers.filter(({ id }) => id in house.addresses);
  const portalsOf = (all: readonly Carrier[], limits = {}) =>
    createPortals({ browser: house.browser, carriers: all, clock: () => house.time.now, limits });
  return {
    carriers,
    ledgerOf: (carrierId: string, user: string) => house.of(carrierId).ledger(user),
    /** By its pages alone, even where there is JSON. */
    byPages: (carrier: Carrier, waitsOut = false) =>
      portalsOf([withoutJson(carrier)], waitsOut ? SHORT : {}),
    /** As the worker reads; `onPages` is told each time that a page is used all the same. */
    asDeclared: (carrier: Carrier, onPages: () => void, waitsOut = false) =>
      portalsOf([watched(carrier, onPages)], waitsOut ? SHORT : {}),
    [Symbol.asyncDispose]: () => house[Symbol.asyncDispose](),
  };
};

export type Bench = Awaited<ReturnType<typeof openBench>>;
