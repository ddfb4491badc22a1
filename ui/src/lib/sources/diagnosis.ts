/** What is true about a source here and now, in the order that explains most: for the three questions sellers ask. Pure. */
import type { Key } from '../i18n.svelte';
import type { Delivery } from '../types/Delivery';
import type { Source } from '../types/Source';
import type { SourceHealth } from '../types/SourceHealth';
import type { SourcePlatform } from '../types/SourcePlatform';
import { span } from '../time';

/** What can be done about a finding, right beside it. */
export type Fix =
  | 'resume'
  | 'secret'
  | 'credentials'
  | 'setUp'
  | 'probe'
  | 'sync'
  | 'jobs'
  | 'unmapped'
  | 'rejected'
  | 'duplicates'
  | 'other';

export interface Finding {
  /** `bad` explains it, `note` may, `good` is ruled out. */
  tone: 'bad' | 'note' | 'good';
  key: Key;
  params?: Record<string, string | number>;
  fix?: Fix;
}

export interface Case {
  source: Source;
  health: SourceHealth;
  platform: SourcePlatform | undefined;
  /** The latest deliveries, as many as were read. */
  deliveries: readonly Delivery[];
  /** Other sources of the same platform that take webhooks. */
  twins: readonly Source[];
  now: number;
}

/** Names a missing field's fix: a secret, a credential, or a setting. */
export function fixOfField(field: string): Fix {
  if (field.startsWith('secret')) return 'secret';
  return field.startsWith('credential') ? 'credentials' : 'setUp';
}

/** Tells whether something was entered that cannot be right, rather than nothing. */
export function isWrong({ code }: { code: string }): boolean {
  return !['', 'missing', 'expired'].includes(code);
}

/** Tells why an event does not appear. */
export function notArriving({ source, health, now }: Case): Finding[] {
  const { last24h, lastEvent, setup, probe, registration, jobs } = health;
  const found: Finding[] = [];
  const add = (on: boolean, finding: Finding) => on && found.push(finding);
  add(!source.active, { tone: 'bad', key: 'why.paused', fix: 'resume' });
  for (const missing of setup.missing) {
    const fix = fixOfField(missing.field);
    const absent: Key =
      fix === 'secret' ? 'why.noSecret' : fix === 'credentials' ? 'why.noCredential' : 'why.noSetting';
    const key = isWrong(missing) ? 'why.wrongSetting' : absent;
    found.push({ tone: 'bad', key, params: { field: missing.field.replace(/^\w+\./, '') }, fix });
  }
  add(last24h.badProof > 0, {
    tone: 'bad',
    key: 'why.badProof',
    params: { n: last24h.badProof },
    fix: 'secret',
  });
  add(registration?.registered === false, { tone: 'bad', key: 'why.notRegistered', fix: 'setUp' });
  add(probe?.ok === false, { tone: 'bad', key: 'why.probe', fix: 'credentials' });
  add(isLocal(source.webhookUrl), { tone: lastEvent ? 'note' : 'bad', key: 'why.local' });
  add(lastEvent === null, { tone: 'bad', key: 'why.never', fix: 'setUp' });
  if (lastEvent?.late) {
    const usual = span((lastEvent.usualGapSeconds ?? 0) * 1_000);
    const params = { silence: span(now - lastEvent.at), usual };
    found.push({ tone: 'bad', key: 'why.late', params, fix: 'setUp' });
  }
  add(last24h.unmapped > 0, {
    tone: 'bad',
    key: 'why.unmapped',
    params: { n: last24h.unmapped },
    fix: 'unmapped',
  });
  add(last24h.rejected > 0, {
    tone: 'bad',
    key: 'why.rejected',
    params: { n: last24h.rejected },
    fix: 'rejected',
  });
  add(jobs.failed > 0, { tone: 'bad', key: 'why.jobs', params: { n: jobs.failed }, fix: 'jobs' });
  add(last24h.ignored > 0, { tone: 'note', key: 'why.ignored', params: { n: last24h.ignored } });
  const ago = lastEvent ? span(now - lastEvent.at) : '';
  if (!found.some(isBad)) found.unshift({ tone: 'good', key: 'why.arriving', params: { ago } });
  return found;
}

const CHARGE = /pix|bolet|billet|slip/i;

/** Tells why a card has no PIX code or boleto. */
export function noCodes({ health, platform, deliveries }: Case): Finding[] {
  const found: Finding[] = [];
  const unmapped = health.last24h.unmapped;
  const both = [platform?.pix ?? null, platform?.boleto ?? null];
  if (both.every((given) => given === 'no')) {
    found.push({ tone: 'bad', key: 'why.codesNever', params: { name: platform?.name ?? '' } });
  } else if (both.includes('no')) {
    const key: Key = platform?.pix === 'no' ? 'why.pixNever' : 'why.boletoNever';
    found.push({ tone: 'bad', key, params: { name: platform?.name ?? '' } });
  } else if (both.includes('partly')) {
    found.push({ tone: 'note', key: 'why.codesPartly', params: { name: platform?.name ?? '' } });
  }
  const credentials = health.setup.missing.filter((one) => fixOfField(one.field) === 'credentials');
  if (credentials.length > 0) found.push({ tone: 'bad', key: 'why.codesByApi', fix: 'credentials' });
  if (unmapped > 0) {
    found.push({ tone: 'bad', key: 'why.codesUnmapped', params: { n: unmapped }, fix: 'unmapped' });
  }
  if (deliveries.length > 0) {
    const n = deliveries.length;
    const charges = deliveries.filter((one) => CHARGE.test(one.event)).length;
    if (charges === 0) found.push({ tone: 'note', key: 'why.noCharges', params: { n }, fix: 'setUp' });
    else found.push({ tone: 'good', key: 'why.charges', params: { n: charges, of: n } });
  }
  found.push({ tone: 'note', key: 'why.codesEnd' });
  return found;
}

/** Tells why events come twice. */
export function doubled({ health, twins, deliveries, source }: Case): Finding[] {
  const found: Finding[] = [];
  for (const twin of twins) {
    found.push({
      tone: 'bad',
      key: 'why.twin',
      params: { name: twin.name, platform: source.providerName },
      fix: 'other',
    });
  }
  const n = health.last24h.duplicate;
  if (n > 0) {
    found.push({ tone: 'note', key: 'why.duplicates', params: { n }, fix: 'duplicates' });
    const repeated = deliveries.filter((one) => one.result === 'duplicate').length;
    if (repeated * 2 > deliveries.length && deliveries.length >= 4) {
      found.push({ tone: 'note', key: 'why.doubleRegistered', fix: 'setUp' });
    }
  } else {
    found.push({ tone: 'good', key: 'why.noDuplicates' });
  }
  found.push({ tone: 'good', key: 'why.oneCard' });
  return found;
}

/** Says in a few words why a source is not simply good; `null` where there is nothing to say. */
export function reason(source: Source, health: SourceHealth | undefined, now: number): Finding | null {
  if (!source.active) return null;
  if (!health) return null;
  const { last24h, lastEvent, setup, probe, registration, jobs } = health;
  const missing = setup.missing[0];
  const say = (key: Key, params?: Finding['params']): Finding => ({ tone: 'note', key, params });
  if (missing) {
    const fix = fixOfField(missing.field);
    const rest = setup.missing.length - 1;
    if (fix === 'secret' && rest === 0) return say('reason.secret');
    if (fix === 'credentials' && rest === 0) return say('reason.credential');
    if (setup.missing.every(isWrong)) return say('reason.wrong', { n: setup.missing.length });
    return say('reason.missing', { n: setup.missing.length });
  }
  if (last24h.badProof > 0) return say('reason.badProof', { n: last24h.badProof });
  if (registration?.registered === false) return say('reason.notRegistered');
  if (probe?.ok === false) return say('reason.probe');
  if (last24h.unmapped > 0) return say('reason.unmapped', { n: last24h.unmapped });
  if (last24h.rejected > 0) return say('reason.rejected', { n: last24h.rejected });
  if (lastEvent?.late) return say('reason.late', { silence: span(now - lastEvent.at) });
  if (jobs.failed > 0) return say('reason.jobs', { n: jobs.failed });
  return lastEvent ? null : say('reason.never');
}

/** Tells whether an address leads to this computer only. */
export function isLocal(url: string | null): boolean {
  return url !== null && /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])([:/]|$)/.test(url);
}

function isBad(finding: Finding): boolean {
  return finding.tone === 'bad';
}
