/** Tells the kinds of empty apart, for each asks for another word. */
import type { Shown } from './state/freshness.svelte';
import type { ListState } from './state/row_list.svelte';

/** `failed`: could not be read; `syncing`: history is on its way; `silent`: no connection; `nothing`: no sale yet; `view`: only this view. */
export type Empty = 'failed' | 'syncing' | 'silent' | 'nothing' | 'view';

/** Returns which kind of empty a list without rows is. */
export function emptyKind(status: ListState, fresh: Shown, fillingIn: boolean, all: number): Empty {
  if (status === 'failed') return 'failed';
  if (all > 0) return 'view';
  if (fresh === 'catching_up' || fillingIn) return 'syncing';
  if (fresh === 'offline' || fresh === 'stopped') return 'silent';
  return 'nothing';
}
