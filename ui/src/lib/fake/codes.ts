/** Codes that hold: a PIX code with its check sum, a boleto with its check digits and bars. */
import { encode } from 'uqr';
import type { Chance } from './random';

const field = (tag: string, value: string) => tag + String(value.length).padStart(2, '0') + value;

function crc16(text: string): string {
  let sum = 0xffff;
  for (const byte of new TextEncoder().encode(text)) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit += 1)
      sum = sum & 0x8000 ? ((sum << 1) ^ 0x1021) & 0xffff : (sum << 1) & 0xffff;
  }
  return sum.toString(16).toUpperCase().padStart(4, '0');
}

/** Makes a dynamic PIX code for an amount. */
export function pixCode(chance: Chance, minor: number): string {
  const place = `pix.example.com/qr/v2/${chance.digits(12)}${chance.digits(12)}`;
  const body =
    field('00', '01') +
    field('01', '12') +
    field('26', field('00', 'br.gov.bcb.pix') + field('25', place)) +
    field('52', '0000') +
    field('53', '986') +
    field('54', (minor / 100).toFixed(2)) +
    field('58', 'BR') +
    field('59', 'DOCES DO VALE') +
    field('60', 'SAO PAULO') +
    field('62', field('05', '***')) +
    '6304';
  return body + crc16(body);
}

/** Draws a QR code as rows of `1` and `0`, without margin. */
export function qrRows(code: string): string[] {
  return encode(code, { border: 0, ecc: 'M' }).data.map((row) =>
    row.map((dark) => (dark ? '1' : '0')).join(''),
  );
}

function mod10(digits: string): number {
  let sum = 0;
  [...digits].reverse().forEach((digit, place) => {
    const times = Number(digit) * (place % 2 === 0 ? 2 : 1);
    sum += times > 9 ? times - 9 : times;
  });
  return (10 - (sum % 10)) % 10;
}

function mod11(digits: string): number {
  let sum = 0;
  [...digits].reverse().forEach((digit, place) => (sum += Number(digit) * ((place % 8) + 2)));
  const rest = 11 - (sum % 11);
  return rest === 0 || rest === 10 || rest === 11 ? 1 : rest;
}

const FACTOR_START = Date.parse('2022-05-29T00:00:00Z');
const DAY = 86_400_000;

/** Makes a boleto due on a date: its 47 digits, the same in groups, and its bars. */
export function boleto(
  chance: Chance,
  minor: number,
  dueOn: string,
): { line: string; print: string; bars: number[] } {
  const factor = String(1000 + Math.round((Date.parse(dueOn) - FACTOR_START) / DAY) - 1000).padStart(4, '0');
  const bank = '2379';
  const free = chance.digits(25);
  const tail = factor + String(minor).padStart(10, '0');
  const check = mod11(bank + tail + free);
  const fields = [bank + free.slice(0, 5), free.slice(5, 15), free.slice(15)];
  const [a = '', b = '', c = ''] = fields.map((part) => part + mod10(part));
  const dotted = (part: string) => `${part.slice(0, 5)}.${part.slice(5)}`;
  return {
    line: a + b + c + check + tail,
    print: `${dotted(a)} ${dotted(b)} ${dotted(c)} ${check} ${tail}`,
    bars: bars(bank + check + tail + free),
  };
}

const WIDE = ['00110', '10001', '01001', '11000', '00101', '10100', '01100', '00011', '10010', '01010'];

function bars(digits: string): number[] {
  const out = [1, 1, 1, 1];
  for (let at = 0; at < digits.length; at += 2) {
    const dark = WIDE[Number(digits[at])] ?? '';
    const light = WIDE[Number(digits[at + 1])] ?? '';
    for (let place = 0; place < 5; place += 1)
      out.push(dark[place] === '1' ? 3 : 1, light[place] === '1' ? 3 : 1);
  }
  return [...out, 3, 1, 1];
}
