/** A database, or its keys, with which this program cannot work: the message says why and what to do. */
export class Unusable extends Error {
  override name = 'Unusable';
}
