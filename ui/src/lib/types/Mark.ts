export type Mark = { start: number, end: number, variable: string, };
