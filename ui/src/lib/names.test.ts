import { expect, test } from 'vitest';
import { initials } from './names';

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
