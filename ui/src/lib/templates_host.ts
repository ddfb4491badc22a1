/** Names what the page asks about templates as leads edit them. Knows no transport. */
import type { Locale } from './types/Locale';
import type { TemplateCard } from './types/TemplateCard';
import type { TemplateCheck } from './types/TemplateCheck';
import type { TemplateDraft } from './types/TemplateDraft';
import type { TemplateImport } from './types/TemplateImport';
import type { TemplateVersion } from './types/TemplateVersion';

/** Everything that can be asked about templates; everybody reads, leads also change. */
export interface TemplatesHost {
  templateList(): Promise<TemplateCard[]>;
  /** Tells what a draft is worth; nothing is saved. */
  templateCheck(asked: { template: TemplateDraft }): Promise<TemplateCheck>;
  /** Saves on top of the version the draft was made from, 0 for none. */
  templateSave(asked: { template: TemplateDraft; version: number }): Promise<TemplateCard>;
  templateRemove(asked: { key: string; locale: Locale; version: number }): Promise<void>;
  /** Lists what a template was, the newest first. */
  templateVersions(asked: { key: string; locale: Locale }): Promise<TemplateVersion[]>;
  templateExport(): Promise<string>;
  /** Tells what a file would bring in; saving goes one by one. */
  templateImport(asked: { text: string }): Promise<TemplateImport>;
}
