import { expect, test } from 'vitest';
import { initials, shortened } from './names';

test.each([
  ['Ana Prado', 'AP'],
  ['  ana   maria de souza ', 'AS'],
  ['Íris', 'Í'],
  ['Ana 🌸', 'A'],
  ['🌸 Ana Prado 🌸', 'AP'],
  ['🌸', '🌸'],
  ['مريم السيد', 'ما'],
  ['A\u0301gata Reis', 'A\u0301R'],
  ['', ''],
])('%s is %s', (name, letters) => expect(initials(name)).toBe(letters));

test.each([
  ['VCPB146ABFDFAEF', 'VCPB146ABFDFAEF'],
  ['1234567890123456', '1234567890123456'],
  ['61b82f43-51d4-40b5-9c2b-000000009010', '61b82f43…9010'],
])('the reference %s is shown as %s', (reference, shown) => expect(shortened(reference)).toBe(shown));
