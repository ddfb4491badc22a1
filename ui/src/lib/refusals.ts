/** Why a payment was refused, in the reader's words: platforms tell it in words for programs, each its own. Pure. */
import { fold } from './fold';
import { t, type Key } from './i18n.svelte';

/** What platforms say, by what it means: Kiwify and Shopify by code, Hotmart and Yampi in sentences. */
const SAID = {
  funds: ['insufficient_funds', 'saldo_insuficiente', 'cartao_sem_saldo', 'sem_saldo'],
  expired: ['expired_card', 'cartao_vencido', 'cartao_expirado'],
  number: ['incorrect_number', 'invalid_number'],
  expiry: ['invalid_expiry_date'],
  cvc: ['invalid_cvc', 'incorrect_cvc'],
  address: ['incorrect_zip', 'incorrect_address'],
  bank: ['refused_bank', 'card_declined', 'cartao_recusado', 'call_issuer'],
  payment: ['transaction_refused', 'transacao_recusada', 'transacao_nao_autorizada', 'pagamento_recusado'],
  blocked: ['pick_up_card'],
  fraud: ['possible_fraud_ip', 'possible_fraud', 'suspeita_de_fraude'],
  processing: ['processing_error', 'generic_error'],
  untold: ['unknown'],
} as const;

type Meaning = keyof typeof SAID;

const MEANING = new Map<string, Meaning>(
  (Object.keys(SAID) as Meaning[]).flatMap((meaning) =>
    SAID[meaning].map((word) => [word, meaning] as [string, Meaning]),
  ),
);

/** Says why a payment was refused; a word that is not known stands as the platform told it, and is said to be its own. */
export function refusalText(told: string): string {
  const word = fold(told)
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  const meaning = MEANING.get(word);
  if (!meaning) return t('card.refusedAs', { reason: told.trim() });
  return t('card.refused', { reason: t(`card.refused.${meaning}` satisfies Key) });
}
