import { describe, expect, it } from 'vitest';
import {
  closeNumbers,
  normalizeNumber,
  numberPattern,
  numberWithin,
} from '#shared/policy-number.ts';

describe('a normalized policy number', () => {
  it.each([
    ['00123-4567', '001234567'],
    [' nb 77.120/9 ', 'NB771209'],
    ['VA\u00a0220\u2011881', 'VA220881'],
    ['AN\u200b-100\ufeff', 'AN100'],
    ['１２３４', '1234'],
    ['12\u22123', '123'],
  ])('reads %j as %s', (raw, key) => {
    expect(normalizeNumber(raw)).toBe(key);
  });

  it('keeps leading zeros and letters apart from a number without them', () => {
    expect(normalizeNumber('0123')).not.toBe(normalizeNumber('123'));
    expect(normalizeNumber('O123')).not.toBe(normalizeNumber('0123'));
  });
});

describe('close numbers', () => {
  const book = ['0012-3456', '00123-4567', 'MA-880O17', 'NB-90210', '5512', 'AC-880074'];

  it.each([
    ['a missing leading zero', '012-3456', '0012-3456'],
    ['the letter O for a zero', 'MA-880017', 'MA-880O17'],
    ['a zero for the letter O, and I for 1', 'NB-9O2I0', 'NB-90210'],
    ['the letters left out', '880074', 'AC-880074'],
    ['letters of another product', 'XY-880074-B', 'AC-880074'],
    ['two digits changed about', '00132-4567', '00123-4567'],
    ['one wrong digit', '00123-4562', '00123-4567'],
    ['a digit too many', 'NB-902210', 'NB-90210'],
  ])('see through %s', (_slip, wanted, meant) => {
    expect(closeNumbers(wanted, book)[0]).toBe(meant);
  });

  it('leave out the wanted number itself, however it is written', () => {
    expect(closeNumbers('00123 4567', ['00123-4567'])).toEqual([]);
  });

  it('do not take one short number for another', () => {
    expect(closeNumbers('5513', book)).toEqual([]);
  });

  it('come closest first and no more than asked for', () => {
    expect(closeNumbers('1234567', ['1234568', '01234567', '1234576', '1234569'], 3)).toEqual([
      '01234567',
      '1234576',
      '1234568',
    ]);
  });

  it('find nothing near an empty or foreign text', () => {
    expect(closeNumbers(' - ', book)).toEqual([]);
    expect(closeNumbers('; drop table policy', book)).toEqual([]);
  });
});

describe('a number as a page may write it', () => {
  it.each(['AC-880/074', ' ac 880074 ', 'AC\u2013880.074'])('is matched as "%s"', (written) => {
    expect(numberPattern('AC880-074').test(written)).toBe(true);
  });

  it.each(['AC-880/075', 'AC-880/074 (closed)', 'XAC-880074'])(
    'is not matched as "%s"',
    (written) => {
      expect(numberPattern('AC880-074').test(written)).toBe(false);
    },
  );

  it('is found among other words, and in no longer number', () => {
    expect(numberWithin('AC880-074').test('Open AC-880074 now')).toBe(true);
    expect(numberWithin('AC880-074').test('Open AC-8800741 now')).toBe(false);
  });

  it('keeps letters beyond A to Z and signs that mean something elsewhere', () => {
    expect(numberPattern('Ñ1+2(b)').test('ñ-1+2(B)')).toBe(true);
    expect(numberPattern('Ñ1+2(b)').test('112b')).toBe(false);
  });
});
