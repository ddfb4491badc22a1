/** Says how tall a row of the list is, in pixels. All rows have one height. */
import type { Density } from './types/Density';

export const HEIGHTS: Readonly<Record<Density, number>> = { compact: 44, standard: 60, cozy: 76 };
