import { expect, it } from 'vitest';
import { productClassOf } from '#shared/product-class.ts';

it.each([
  ['Annuity', 'Variable Annuity', 'variable'],
  ['Life', 'Variable Universal Life', 'variable'],
  ['Annuity', 'Fixed Indexed Annuity', 'indexed'],
  ['Life', 'Indexed Universal Life', 'indexed'],
  ['Life', 'IUL', 'indexed'],
  ['Annuity', 'MYGA', 'fixed'],
  ['Annuity', 'Fixed Annuity', 'fixed'],
  ['Annuity', 'Single Premium Immediate', 'fixed'],
  ['Life', 'Term 20', 'term'],
  ['Life', 'Whole Life', 'whole-life'],
  ['Life', 'Universal Life', 'universal-life'],
  ['Life', 'Guaranteed UL', 'universal-life'],
  ['Investment Account', 'Brokerage', 'account'],
  ['Annuity', 'Roth IRA', 'account'],
  ['Variable Annuity', 'IRA', 'variable'],
  ['Long Term Care', 'Traditional', 'other'],
  ['Disability', 'Short-Term', 'other'],
  ['Investment Account', 'Index Fund', 'account'],
  ['Mutual Fund', 'S&P 500 Index', 'account'],
  ['Roth IRA', 'Index ETF', 'account'],
  ['Roth IRA', 'Fixed Indexed Annuity', 'indexed'],
  ['Fixed Annuity', 'Retirement Division', 'fixed'],
  ['Term Life', 'Provision 20', 'term'],
  ['Term Life', 'Accidental Death Rider', 'term'],
  ['Term Life', 'Brokerage', 'term'],
  ['Vision', 'Family', 'other'],
  ['', '', 'other'],
])('%s, %s is of the class %s', (productType, planType, productClass) => {
  expect(productClassOf(productType, planType)).toBe(productClass);
});
