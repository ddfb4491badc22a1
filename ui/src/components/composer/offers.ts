/** What typing `/`, `{` or `@` offers, and where: templates, values of the sale, colleagues. Pure; knows no field. */
import { t } from '../../lib/i18n.svelte';
import { offered, type VariableName } from '../../lib/templates';
import type { Colleague } from '../../lib/types/Colleague';
import type { SaleValue } from '../../lib/types/SaleValue';
import type { TemplateChip } from '../../lib/types/TemplateChip';
import { beginsWith } from '../../lib/typeahead';
import { variableLabel } from '../templates/words';
import type { Offer } from './Suggestions.svelte';

const PLAIN = { hint: null, key: null, off: false, dead: false, under: null } as const;
const MOST_COLLEAGUES = 8;

/** Offers the colleagues whose name begins so. */
export function colleagues(team: readonly Colleague[], wanted: string): Offer[] {
  return team
    .filter((one) => !one.isMe && beginsWith(one.name, wanted))
    .slice(0, MOST_COLLEAGUES)
    .map(({ id, name }) => ({ ...PLAIN, id, words: name }));
}

/** Offers the templates whose name begins so, those with a hole too: choosing one says what is missing. */
export function templates(chips: readonly TemplateChip[], wanted: string): Offer[] {
  return chips
    .filter((chip) => beginsWith(chip.name, wanted))
    .map((chip) => ({
      ...PLAIN,
      id: chip.templateKey,
      words: chip.name,
      hint: chip.fills ? null : t('composer.hole', { what: chip.missing[0] ?? '' }),
      key: chip.key,
      off: !chip.fills,
      under: t('composer.templates'),
    }));
}

/** Offers the values of the sale whose name begins so, each with what it is, or why it has none. */
export function values(known: readonly SaleValue[], wanted: string): Offer[] {
  return offered(wanted, variableLabel).flatMap((name) => {
    const one = known.find(({ variable }) => variable === name);
    if (!one) return [];
    return {
      ...PLAIN,
      id: idOf(name),
      words: variableLabel(name),
      hint: one.value ?? one.missing,
      off: one.value === null,
      dead: one.value === null,
      under: t('composer.values'),
    };
  });
}

const VALUE = 'value:';
const idOf = (name: VariableName) => `${VALUE}${name}`;

/** Returns the variable that an offer stands for; `null` for one of another kind. */
export const variableOf = (offer: Offer) =>
  offer.id.startsWith(VALUE) ? (offer.id.slice(VALUE.length) as VariableName) : null;
