/** The ways to begin. */
export type Door = 'team' | 'here' | 'sample';
