import type { Mark } from "./Mark";
import type { Missing } from "./Missing";
export type Fill = { "result": "filled", text: string, subject: string, marks: Array<Mark>, } | { "result": "blocked", missing: Array<Missing>, instead: string | null, preview: string, marks: Array<Mark>, };
