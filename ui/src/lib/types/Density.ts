export type Density = "compact" | "standard" | "cozy";
