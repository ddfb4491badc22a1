/** Tells the kinds of empty apart, for each asks for another word. */
import type { Shown } from './state/freshness.svelte';
import type { ListState } from './state/row_list.svelte';

/** `failed`: could not be read; `syncing`: history is on its way; `silent`: no connection; `nothing`: no sale yet; `view`: only this view; `filtered`: the filter hides all; `unfound`: nothing was found; `quiet`: a source has stopped sending. */
export type Empty = 'failed' | 'syncing' | 'silent' | 'nothing' | 'view' | 'filtered' | 'unfound' | 'quiet';

/** Says what else bears on an empty list. */
export interface Around {
  searching: boolean;
  narrowed: boolean;
  /** A source is later than it uses to be. */
  quiet: boolean;
}

/** Returns which kind of empty a list without rows is. */
export function emptyKind(
  status: ListState,
  fresh: Shown,
  fillingIn: boolean,
  all: number,
  around: Around = { searching: false, narrowed: false, quiet: false },
): Empty {
  if (status === 'failed') return 'failed';
  if (all > 0 && around.searching) return 'unfound';
  if (all > 0 && around.narrowed) return 'filtered';
  if (all > 0) return around.quiet ? 'quiet' : 'view';
  if (fresh === 'catching_up' || fillingIn) return 'syncing';
  if (fresh === 'offline' || fresh === 'stopped') return 'silent';
  return 'nothing';
}
