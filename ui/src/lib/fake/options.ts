/** What an invented desk can be like, and how an address asks for it. */
import type { Boot } from '../host';
import type { Freshness } from '../types/Freshness';
import type { Role } from '../types/Role';
import type { Settings } from '../types/Settings';
import { ME } from './world';

export interface FakeOptions {
  count: number;
  phase: Boot['phase'];
  mode: NonNullable<Boot['mode']>;
  role: Role;
  /** Sources are there already. */
  sources: boolean;
  /** The first few people have names that are hard to lay out. */
  odd: boolean;
  /** Colleagues look at conversations too. */
  company: boolean;
  state: Freshness['state'];
  settings: Partial<Settings>;
  now: () => number;
  /** How long each answer takes. */
  delay: number;
}

export const USUAL: FakeOptions = {
  count: 200,
  phase: 'ready',
  mode: 'team',
  role: 'admin',
  sources: true,
  odd: false,
  company: false,
  state: 'live',
  settings: {},
  now: () => Date.now(),
  delay: 0,
};

export const SETTINGS: Settings = {
  theme: 'system',
  locale: 'pt-BR',
  density: 'cozy',
  singleKeys: true,
  notifySales: true,
  notifyMine: true,
  notifyOf: { approved: 'all' },
  notifyFrom: 0,
  notifySound: false,
  keys: {},
  contrast: 'system',
  zoom: 100,
  practised: true,
  place: { view: null, saved: null, conversation: null },
};

/** Reads an address such as `?fake=10000&theme=dark&locale=en&state=offline&keys=people:q`. */
export function optionsOf(asked: URLSearchParams): Partial<FakeOptions> {
  const settings: Partial<Settings> = {};
  for (const key of ['theme', 'locale', 'density', 'contrast'] as const) {
    const value = asked.get(key);
    if (value) Object.assign(settings, { [key]: value });
  }
  if (asked.has('practise')) settings.practised = false;
  const keys = asked.get('keys')?.split(',') ?? [];
  if (keys.length > 0) settings.keys = Object.fromEntries(keys.map((one) => one.split(':')));
  return {
    count: Number(asked.get('fake') ?? 10_000),
    phase: asked.get('phase') === 'first_run' ? 'first_run' : 'ready',
    role: (asked.get('role') as Role | null) ?? 'admin',
    sources: asked.get('sources') !== '0',
    odd: asked.has('odd'),
    company: asked.has('company'),
    mode: (asked.get('mode') as FakeOptions['mode'] | null) ?? 'team',
    state: (asked.get('state') as FakeOptions['state'] | null) ?? 'live',
    delay: Number(asked.get('delay') ?? 0),
    settings,
  };
}

/** Says who sits at the invented desk. */
export function bootOf(
  phase: Boot['phase'],
  mode: NonNullable<Boot['mode']>,
  role: Role,
  settings: Settings,
): Boot {
  const ready = phase === 'ready';
  return {
    phase,
    desk: ready ? { workspace: 'Doces do Vale', member: ME.name, memberId: ME.id, role } : null,
    mode: ready ? mode : null,
    keychain: ready ? 'os' : null,
    settings,
    version: '0.1.0',
  };
}
