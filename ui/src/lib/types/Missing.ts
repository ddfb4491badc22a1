import type { Reason } from "./Reason";
export type Missing = { variable: string, label: string, reason: Reason, reasonWords: string, broughtBy: string | null, };
