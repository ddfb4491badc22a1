/** Why a command cannot be done now, each in plain words or `null`. */
import { t } from '../i18n.svelte';
import type { App } from '../state/app.svelte';

type Why = string | null;

/** Returns the first reason there is. */
export function first(...reasons: readonly Why[]): Why {
  return reasons.find((reason) => reason !== null) ?? null;
}

/** Needs an open conversation. */
export function noConversation(app: App): Why {
  return app.thread.view ? null : t('cannot.noConversation');
}

/** Needs an open conversation, or picked ones. */
export function nothingChosen(app: App): Why {
  return app.bulk.picked.count > 0 ? null : noConversation(app);
}

/** Needs an order in the open conversation. */
export function noOrder(app: App): Why {
  return noConversation(app) ?? (app.thread.order ? null : t('cannot.noOrder'));
}

/** Needs a conversation that is not resolved, or picked ones. */
export function resolved(app: App): Why {
  if (app.bulk.picked.count > 0) return null;
  const isResolved = app.thread.view?.handling.state === 'resolved';
  return noConversation(app) ?? (isResolved ? t('cannot.resolved') : null);
}

/** Needs a conversation that nobody else has, or picked ones. */
export function taken(app: App): Why {
  if (app.bulk.picked.count > 0) return null;
  const owner = app.thread.view?.owner;
  const other = owner && !owner.isMe ? t('refusal.already_claimed', { who: owner.name }) : null;
  return noConversation(app) ?? other;
}

/** Needs a conversation that may be given away: one's own or nobody's, unless one leads. */
export function notYours(app: App): Why {
  if (app.bulk.picked.count > 0) return null;
  const owner = app.thread.view?.owner;
  const others = isAgent(app) && owner && !owner.isMe;
  return noConversation(app) ?? (others ? t('cannot.assign', { who: owner.name }) : null);
}

/** Needs rows. */
export function emptyList(app: App): Why {
  return app.list.rows.length > 0 ? null : t('cannot.emptyList');
}

/** Needs a lead or an admin, who alone see the sources. */
export function noSources(app: App): Why {
  return isAgent(app) ? t('cannot.sources') : null;
}

/** Needs a lead or an admin, who alone take data out. */
export function notLead(app: App): Why {
  return isAgent(app) ? t('cannot.export') : null;
}

/** Needs an admin. */
export function notAdmin(app: App): Why {
  return app.boot?.desk?.role === 'admin' ? null : t('cannot.admin');
}

/** Needs that a choice is not made already. */
export function already(is: boolean): Why {
  return is ? t('cannot.already') : null;
}

function isAgent(app: App): boolean {
  return (app.boot?.desk?.role ?? 'agent') === 'agent';
}
