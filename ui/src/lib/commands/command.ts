/** What a command is, and how one is written down. Knows no command. */
import type { Icon } from '../../ui/icons';
import { t, type Key } from '../i18n.svelte';
import type { Holds } from '../keys';
import type { App } from '../state/app.svelte';

/** Lists where commands belong, in the order they are told. */
export const GROUPS = ['list', 'conversation', 'order', 'writing', 'everywhere', 'views', 'look'] as const;
export type Group = (typeof GROUPS)[number];

/** Holds one thing that can be done. */
export interface Command {
  /** What settings know its key by. */
  readonly name: string;
  readonly group: Group;
  /** Says it in words; with the app, about what is on screen. */
  readonly words: (app?: App) => string;
  /** What people may call it as well. */
  readonly also: () => string;
  readonly icon: Icon;
  /** The key it has unless another was chosen; empty for none. */
  readonly key: string;
  /** Keys it has besides, which are nobody's to choose. */
  readonly besides: readonly string[];
  /** What leads to it after the key that goes to views. */
  readonly after: string;
  readonly holds: Holds;
  /** Its key is not to be chosen. */
  readonly fixed: boolean;
  /** Returns why it cannot be done now, or `null` where it can. */
  readonly why: (app: App) => string | null;
  /** Tells whether doing it says by itself why it cannot be done. */
  readonly tells: (app: App) => boolean;
  readonly run: (app: App) => void;
}

/** Holds what differs between commands; what is left out is the usual. */
export type Told = Pick<Command, 'icon' | 'run'> &
  Partial<Omit<Command, 'name' | 'group' | 'icon' | 'run' | 'also'>> & { also?: Key };

/** Lists the names whose words are in the catalogue. */
export type Worded = Key extends infer K ? (K extends `act.${infer N}` ? N : never) : never;

const nothing = () => '';
const never = () => null;
const silent = () => false;

/** Writes down a command with words of its own. */
export function said<N extends string>(
  name: N,
  group: Group,
  words: Command['words'],
  told: Told,
): Command & { readonly name: N } {
  const { also, ...rest } = told;
  return {
    key: '',
    besides: [],
    after: '',
    holds: 'zones',
    fixed: false,
    why: never,
    tells: silent,
    ...rest,
    name,
    group,
    words,
    also: also ? () => t(also) : nothing,
  };
}

/** Writes down a command whose words are in the catalogue under its name. */
export function command<N extends Worded>(name: N, group: Group, told: Told): Command & { readonly name: N } {
  return said(name, group, () => t(`act.${name}` as Key), told);
}
