const PIECES = ['<', '<@', '<a|', '$1 1,000 ', '1/1/26 ', '1% ', '1 ', 'a@', 'A1 ', '1-', 'jan 1 '];

/** Each was quadratic to read once: together they took half a minute, in which a bot does nothing else. */
export const slowMessages = PIECES.map((piece) => piece.repeat(60_000 / piece.length));
