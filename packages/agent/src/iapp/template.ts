// The f5.lbaas template as a device knows it.
import { IMPLEMENTATION } from './implementation.ts';
import { PRESENTATION } from './presentation.ts';

export const TEMPLATE_NAME = 'f5.lbaas';
/** Full path. */
export const TEMPLATE_PATH = `/Common/${TEMPLATE_NAME}`;

/** The action that every template has. */
export const TEMPLATE_DEFINITION = { implementation: IMPLEMENTATION, presentation: PRESENTATION };
