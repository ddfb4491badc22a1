export type LocaleChoice = "system" | "pt-BR" | "en";
