export type Reason = string;
