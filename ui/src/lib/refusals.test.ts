import { expect, test } from 'vitest';
import { setLocale } from './i18n.svelte';
import { refusalText } from './refusals';

test.each([
  ['insufficient_funds', 'Motivo: saldo insuficiente', 'Reason: insufficient funds'],
  ['Saldo insuficiente.', 'Motivo: saldo insuficiente', 'Reason: insufficient funds'],
  ['Cartão sem saldo', 'Motivo: saldo insuficiente', 'Reason: insufficient funds'],
  ['refused_bank', 'Motivo: o banco recusou o cartão', 'Reason: the bank declined the card'],
  ['possible_fraud_ip', 'Motivo: suspeita de fraude', 'Reason: suspected fraud'],
  ['expired_card', 'Motivo: cartão vencido', 'Reason: expired card'],
  ['UNKNOWN', 'Motivo: não informado pela plataforma', 'Reason: not told by the platform'],
  ['51', 'Motivo da plataforma: 51', 'Platform’s reason: 51'],
  ['  risk_engine_7  ', 'Motivo da plataforma: risk_engine_7', 'Platform’s reason: risk_engine_7'],
])('%s', (told, ptBR, en) => {
  expect(refusalText(told)).toBe(ptBR);
  setLocale('en');
  expect(refusalText(told)).toBe(en);
});
