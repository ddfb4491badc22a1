import { expect, test } from 'vitest';
import { masked } from './masking';

test.each<[string, string, string[]]>([
  ['{"email": "rita@example.com"}', '{"email": "r•••@example.com"}', ['email']],
  ['{"mobile": "+5511900000000"}', '{"mobile": "+•••••••••0000"}', ['phone']],
  ['{"phone": 11900000000}', '{"phone": "•••••••0000"}', ['phone']],
  ['{"CPF": "529.982.247-25"}', '{"CPF": "•••.982.247-••"}', ['document']],
  [
    '{"customerDocument": null, "document_type": "CPF"}',
    '{"customerDocument": null, "document_type": "CPF"}',
    [],
  ],
  [
    '{"shipping": {"address1": "Rua das Flores, 10", "zip": "01310-100"}}',
    '{"shipping": {"address1": "••••", "zip": "••••"}}',
    [],
  ],
  ['{"client_ip": "203.0.113.7"}', '{"client_ip": "••••"}', []],
  [
    '{"url": "https://pay.example.com/?e=rita%40example.com"}',
    '{"url": "https://pay.example.com/?e=r•••@example.com"}',
    ['email'],
  ],
  [
    '{"raw": "{\\"mail\\": \\"rita@example.com\\"}"}',
    '{"raw": "{\\"mail\\": \\"r•••@example.com\\"}"}',
    ['email'],
  ],
  [
    '{"note": "52998224725 e 11.222.333/0001-81"}',
    '{"note": "•••982247•• e ••.•••.•••/••••-••"}',
    ['document'],
  ],
  ['{"note": "ligue (11) 90000-0000"}', '{"note": "ligue (••) •••••-0000"}', ['phone']],
  [
    'email=rita%40example.com&phone_local_code=11&prod=788921',
    'email=r•••@example.com&phone_local_code=••••&prod=788921',
    ['email', 'phone'],
  ],
  ['Oi, sou rita@example.com', 'Oi, sou r•••@example.com', ['email']],
])('%s', (text, shown, parts) => {
  const told = masked(text);
  expect(told.text).toBe(shown);
  expect(told.parts).toEqual(parts);
  expect(told.hides).toBe(text !== shown);
});

test.each([
  '{"order_id": "52998224724", "transaction": "HP16015479281022", "id": 1700000000123}',
  '{"name": "Rita de Teste", "amount": "1.797,30", "at": "2026-11-22T10:27:00-03:00"}',
  '{"pix": "00020101021226760014br.gov.bcb.pix2554pix.example.com/qr/v2/3F0A61D2C84B4E0F6304D1AE"}',
  '{"line": "34191.79001 01043.510047 91020.150008 6 97370000019700"}',
  '{"email": "", "phone": null}',
])('what is no contact stays: %s', (text) => expect(masked(text)).toEqual({ text, parts: [], hides: false }));

test('a long stretch without an end is read at once', () => {
  const started = performance.now();
  masked(`{"a": "${'x'.repeat(400_000)}", "b": "${'5'.repeat(400_000)}"}`);
  expect(performance.now() - started).toBeLessThan(2_000);
});
