import { describe, expect, test } from 'vitest';
import { PLATFORMS } from '../fake/platforms';
import { sources } from '../fake/source_list';
import { ptBR } from '../i18n/pt-BR';
import { HOUR } from '../time';
import type { Delivery } from '../types/Delivery';
import type { SourceHealth } from '../types/SourceHealth';
import { doubled, isLocal, noCodes, notArriving, reason, type Case } from './diagnosis';

const NOW = Date.parse('2026-11-20T15:00:00Z');
const [well] = sources(NOW);
const source = well!.source;
const calm: SourceHealth = {
  ...well!.health,
  last24h: { accepted: 9, duplicate: 0, ignored: 0, unmapped: 0, rejected: 0, badProof: 0 },
};
const platform = PLATFORMS.find((one) => one.slug === 'kiwify');
const of = (health: Partial<SourceHealth>, more: Partial<Case> = {}): Case => ({
  source,
  health: { ...calm, ...health },
  platform,
  deliveries: [],
  twins: [],
  now: NOW,
  ...more,
});
const day = (counts: Partial<SourceHealth['last24h']>) => ({ last24h: { ...calm.last24h, ...counts } });
const keys = (findings: { key: string }[]) => findings.map((finding) => finding.key);
const missing = (...fields: string[]) => ({
  setup: { complete: false, missing: fields.map((field) => ({ field, code: 'missing' })) },
});
const late = { lastEvent: { at: NOW - 20 * HOUR, usualGapSeconds: 900, late: true } };

describe('why an event does not appear', () => {
  test.each<[string, Case, string[]]>([
    ['nothing is wrong', of({}), ['why.arriving']],
    ['paused', of({}, { source: { ...source, active: false } }), ['why.paused']],
    ['no secret', of(missing('secrets')), ['why.noSecret']],
    [
      'credentials and settings',
      of(missing('credentials.clientId', 'settings.alias')),
      ['why.noCredential', 'why.noSetting'],
    ],
    [
      'a setting that cannot be right',
      of({
        setup: { complete: false, missing: [{ field: 'settings.shopDomain', code: 'bad_shop_domain' }] },
      }),
      ['why.wrongSetting'],
    ],
    ['bad proofs', of(day({ badProof: 3 })), ['why.badProof']],
    ['not registered', of({ registration: { registered: false, checkedAt: NOW } }), ['why.notRegistered']],
    ['never', of({ lastEvent: null }), ['why.never']],
    ['late', of(late), ['why.late']],
    ['unmapped and unreadable', of(day({ unmapped: 1, rejected: 2 })), ['why.unmapped', 'why.rejected']],
    ['failed fetches', of({ jobs: { waiting: 0, failed: 2 } }), ['why.jobs']],
    ['only ignored', of(day({ ignored: 4 })), ['why.arriving', 'why.ignored']],
    [
      'an address of this computer',
      of({ lastEvent: null }, { source: { ...source, webhookUrl: 'http://127.0.0.1:8787/api' } }),
      ['why.local', 'why.never'],
    ],
  ])('%s', (_, about, expected) => expect(keys(notArriving(about))).toEqual(expected));

  test('what explains it comes with something to do', () => {
    const all = of({ ...missing('secrets'), ...day({ badProof: 1, unmapped: 1, rejected: 1 }), ...late });
    for (const finding of notArriving(all)) if (finding.tone === 'bad') expect(finding.fix).toBeDefined();
  });
});

describe('why a card has no code', () => {
  const delivery = (event: string): Delivery => ({ ...well!.deliveries[0]!, event });
  const gives = (pix: 'yes' | 'partly' | 'no', boleto: 'yes' | 'partly' | 'no') => ({
    platform: { ...platform!, pix, boleto },
  });
  test.each<[string, Case, string[]]>([
    ['given', of({}, gives('yes', 'yes')), ['why.codesEnd']],
    ['never given', of({}, gives('no', 'no')), ['why.codesNever', 'why.codesEnd']],
    ['no PIX', of({}, gives('no', 'yes')), ['why.pixNever', 'why.codesEnd']],
    ['no boleto', of({}, gives('partly', 'no')), ['why.boletoNever', 'why.codesEnd']],
    ['in parts', of({}, gives('partly', 'yes')), ['why.codesPartly', 'why.codesEnd']],
    [
      'no such event among the last',
      of({}, { ...gives('yes', 'yes'), deliveries: [delivery('order_approved')] }),
      ['why.noCharges', 'why.codesEnd'],
    ],
    [
      'such events arrive',
      of({}, { ...gives('yes', 'yes'), deliveries: [delivery('PURCHASE_BILLET_PRINTED')] }),
      ['why.charges', 'why.codesEnd'],
    ],
    [
      'credentials',
      of(missing('credentials.clientId'), gives('yes', 'yes')),
      ['why.codesByApi', 'why.codesEnd'],
    ],
  ])('%s', (_, about, expected) => expect(keys(noCodes(about))).toEqual(expected));
});

describe('why events come twice', () => {
  const repeated = (n: number) =>
    well!.deliveries.slice(0, n).map((one) => ({ ...one, result: 'duplicate' as const }));
  test.each<[string, Case, string[]]>([
    ['they do not', of({}), ['why.noDuplicates', 'why.oneCard']],
    ['some', of(day({ duplicate: 2 })), ['why.duplicates', 'why.oneCard']],
    ['two sources', of({}, { twins: [source] }), ['why.twin', 'why.noDuplicates', 'why.oneCard']],
    [
      'most of them',
      of(day({ duplicate: 9 }), { deliveries: repeated(9) }),
      ['why.duplicates', 'why.doubleRegistered', 'why.oneCard'],
    ],
  ])('%s', (_, about, expected) => expect(keys(doubled(about))).toEqual(expected));
});

test.each<[string, Partial<SourceHealth>, string | null]>([
  ['good', {}, null],
  ['no secret', missing('secrets'), 'reason.secret'],
  ['several', missing('secrets', 'credentials.clientId'), 'reason.missing'],
  ['bad proofs before unmapped', day({ badProof: 1, unmapped: 1 }), 'reason.badProof'],
  ['never', { lastEvent: null }, 'reason.never'],
  ['late', late, 'reason.late'],
])('the few words of a source: %s', (_, health, expected) => {
  const said = reason(source, { ...calm, ...health }, NOW);
  expect(said?.key ?? null).toBe(expected);
  if (said) expect(said.key in ptBR).toBe(true);
});

test.each([
  ['http://127.0.0.1:8787/x', true],
  ['http://localhost/x', true],
  ['https://[::1]:1/x', true],
  ['https://127.0.0.1.example.com/x', false],
  [null, false],
])('%s is of this computer: %s', (url, expected) => expect(isLocal(url)).toBe(expected));
