import { version as published } from '../../package.json';

/** The version of the app, as its package states it. */
export const version: string = published;
