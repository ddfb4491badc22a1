export type TemplateChip = { key: number, templateKey: string, name: string, fills: boolean, missing: Array<string>, };
