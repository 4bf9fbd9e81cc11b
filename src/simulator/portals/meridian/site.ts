import express, { type Router } from 'express';
import type { Office } from '../office.ts';

/** Meridian Annuity: a single page over a JSON API. */
export const meridianSite = (_office: Office): Router => express.Router();
