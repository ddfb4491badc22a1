import type { Density } from "./Density";
import type { LocaleChoice } from "./LocaleChoice";
import type { Theme } from "./Theme";
export type Settings = { theme: Theme, locale: LocaleChoice, density: Density, singleKeys: boolean, notifySales: boolean, };
