/** Says in words why something was not done. */
import { t, type Key } from '../i18n.svelte';
import { ptBR } from '../i18n/pt-BR';

/** Returns the words for a failure's code, with what the host told beside it. */
export function failureText(code: string, about: Record<string, string> = {}): string {
  const key = `fail.${code}`;
  return t(key in ptBR ? (key as Key) : 'fail.unknown', about);
}
