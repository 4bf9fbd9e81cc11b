/**
 * Moves the clock of this process by MOVED_CLOCK_MS: what it asks for the time gets another day, and
 * time goes on from there. Timers, files and the clocks of other programs stay as they are.
 */
const real = (globalThis.realClock ??= { Date, now: Date.now });
const by = Number(process.env.MOVED_CLOCK_MS ?? 0);
const now = () => real.now() + by;

real.Date.now = now;
// The prototype stays the real one: libraries walk its methods.
globalThis.Date = new Proxy(real.Date, {
  construct: (target, of, as) => Reflect.construct(target, of.length === 0 ? [now()] : of, as),
  apply: () => new real.Date(now()).toString(),
});
