/** Says in words what speaks for and against two conversations being one person's. Pure. */
import { t, type Key } from './i18n.svelte';
import { ptBR } from './i18n/pt-BR';
import type { MergedPerson } from './types/MergedPerson';
import type { PersonPart } from './types/PersonPart';
import type { Suggestion } from './types/Suggestion';

const OTHER: Record<PersonPart, Key> = {
  phone: 'same.otherPhone',
  email: 'same.otherEmail',
  document: 'same.otherDocument',
};

/** Returns what two conversations have in common; a reason that this version does not know stays as it came. */
export function reasonWords(reason: string): string {
  const key = `merge.${reason}`;
  return key in ptBR ? t(key as Key) : reason;
}

/** Returns what speaks for one person, and what against: `mesmo e-mail, outro telefone`. */
export function suggestionWords(suggestion: Suggestion): string {
  return [reasonWords(suggestion.reason), ...suggestion.differs.map((part) => t(OTHER[part]))].join(', ');
}

/** Returns why a conversation is a part of another, or what it waits for. */
export function mergedWords(merged: MergedPerson): string {
  if (merged.state === 'merging') return t('same.merging');
  if (merged.state === 'separating') return t('same.separating');
  if (merged.byMe) return t('same.byMe');
  return merged.byName ? t('same.by', { who: merged.byName }) : reasonWords(merged.reason);
}
