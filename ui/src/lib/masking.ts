/**
 * Hides contact data in what a platform sent, whatever its form: by the names of fields, and by what looks like an
 * address, a phone or a document. Rather too much than too little, for it is shown whole to whoever asks. Pure.
 */
import type { PersonPart } from './types/PersonPart';

export interface Masked {
  text: string;
  /** What was hidden, of what the team's history has a word for. */
  parts: readonly PersonPart[];
  /** Anything was hidden. */
  hides: boolean;
}

const HIDDEN = '••••';
/** What fields are called, in the languages of the platforms; the first that fits decides. */
const FIELDS: readonly (readonly [RegExp, PersonPart | null])[] = [
  [/type|tipo|url|link|verified|status|country|pais/, null],
  [/e-?mail/, 'email'],
  [/phone|mobile|celular|cellular|telefone|whats|^(tel|fone|ddd|cel)$|local_?code|area_?code/, 'phone'],
  [/cpf|cnpj|document|tax_?(id|number|payer)|identification|^(doc|rg)$/, 'document'],
];
const ADDRESS =
  /address|street|zip|postal|^cep$|bairro|neighbou?rhood|complement|logradouro|endereco|(^|_)ip$/;

const NAMED = /"([^"\\]{1,80})"(\s*:\s*)("(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?)/g;
const SENT_AS_FORM = /(^|&)([^=&\s]{1,80})=([^&\s]*)/g;
const EMAIL = /([\p{L}\d_.+-]{1,64})(@|%40)((?:[\p{L}\d-]{1,63}\.){1,8}[\p{L}\d-]{2,63})/gu;
const DOCUMENT =
  /(?<![\d.-])(\d{3}\.\d{3}\.\d{3}-\d{2}|\d{2}\.\d{3}\.\d{3}\/\d{4}-\d{2}|\d{11}|\d{14})(?![\d.-])/g;
const PHONE = /(?<![\w.])(\+\d[\d ().-]{8,18}\d|\(\d{2}\) ?9?\d{4}-?\d{4}|55[1-9]\d9\d{8})(?![\w])/g;

/** Returns a text with the contact data in it hidden. */
export function masked(text: string): Masked {
  const parts = new Set<PersonPart>();
  let hides = false;
  const hide = (part: PersonPart | null, value: string): string => {
    if (part) parts.add(part);
    hides = true;
    return part === 'email' ? email(value) : part === null ? HIDDEN : ends(value, part);
  };
  /** Hides a field's value by the field's name; `null` where the name says nothing of it. */
  const byName = (name: string, value: string): string | null => {
    const key = name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase();
    if (value === '' || value.includes('•')) return null;
    const found = FIELDS.find(([form]) => form.test(key));
    if (found) return found[1] === null ? null : hide(found[1], value);
    return ADDRESS.test(key) ? hide(null, value) : null;
  };

  const named = /^\s*[[{"]/.test(text)
    ? text.replace(NAMED, (whole, name: string, colon: string, value: string) => {
        const bare = value.startsWith('"') ? value.slice(1, -1) : value;
        const hidden = byName(name, bare);
        return hidden === null ? whole : `"${name}"${colon}"${hidden}"`;
      })
    : text.replace(SENT_AS_FORM, (whole, before: string, name: string, value: string) => {
        const hidden = byName(name, value);
        return hidden === null ? whole : `${before}${name}=${hidden}`;
      });
  const shown = named
    .replace(EMAIL, (whole) => hide('email', whole))
    .replace(DOCUMENT, (whole) => (isDocument(whole) ? hide('document', whole) : whole))
    .replace(PHONE, (whole) => hide('phone', whole));
  return { text: shown, parts: [...parts], hides };
}

function email(value: string): string {
  const [name = '', host] = value.split(/@|%40/);
  return host === undefined ? HIDDEN : `${[...name][0] ?? ''}•••@${host}`;
}

/** Leaves as much as the rest of the app shows: the last digits of a phone, the middle of a CPF. */
function ends(value: string, part: PersonPart): string {
  const digits = [...value.matchAll(/\d/g)].map((found) => found.index);
  if (digits.length < 8) return HIDDEN;
  const shown = part === 'phone' ? digits.slice(-4) : digits.length === 11 ? digits.slice(3, 9) : [];
  return value.replace(/[\p{L}\d]/gu, (one, at: number) => (shown.includes(at) ? one : '•'));
}

/** Tells whether the check digits of a CPF or CNPJ hold, so that an order's number stays readable. */
function isDocument(text: string): boolean {
  const digits = [...text.replace(/\D/g, '')].map(Number);
  if (new Set(digits).size < 2) return false;
  const longest = digits.length === 11 ? 11 : 9;
  const check = (count: number): number => {
    const sum = digits
      .slice(0, count)
      .reduceRight((sum, digit, at) => sum + digit * (((count - 1 - at) % (longest - 1)) + 2), 0);
    return sum % 11 < 2 ? 0 : 11 - (sum % 11);
  };
  const count = digits.length - 2;
  return check(count) === digits[count] && check(count + 1) === digits[count + 1];
}
