/** Says where a text goes. */
import { t } from '../../lib/i18n.svelte';
import type { Channel } from '../../lib/types/Channel';
import type { ConversationView } from '../../lib/types/ConversationView';

/** Returns `Para Mariana, +55 11 9••••-0101`; contact data stays masked. */
export function goesTo(channel: Channel, view: ConversationView | null): string {
  const person = view?.person;
  const who = person?.name?.split(/\s+/)[0] ?? t('list.unknownName');
  if (channel === 'whatsapp') return t('composer.goesTo.whatsapp', { who, where: person?.phone ?? '' });
  if (channel === 'email') return t('composer.goesTo.email', { who, where: person?.email ?? '' });
  return t('composer.goesTo.clipboard');
}
