/** What is taken from the order that keys are about: its code, its line, its links. Knows no DOM. */
import { hostError, type CopyWhat, type Host, type LinkWhat } from '../host';
import { t, type Key } from '../i18n.svelte';
import { failureText } from './failures';
import type { Thread } from './thread.svelte';
import type { Toasts } from './toasts.svelte';

/** How long it is told beside the button that something was copied. */
const TOLD = 1_600;

const COPIED: Record<CopyWhat, Key> = {
  pix: 'toast.copiedPix',
  boleto: 'toast.copiedBoleto',
  link: 'toast.copiedLink',
  page: 'toast.copiedLink',
};

export class Taking {
  /** What was just copied, and until it fades. */
  copied = $state<CopyWhat | null>(null);
  /** Why the last copy was refused. */
  failure = $state<string | null>(null);

  #host: Host;
  #thread: Thread;
  #toasts: Toasts;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(host: Host, thread: Thread, toasts: Toasts) {
    this.#host = host;
    this.#thread = thread;
    this.#toasts = toasts;
  }

  /** Copies a part of the order; a refusal is told beside the button. */
  async copy(what: CopyWhat): Promise<void> {
    const { order, view } = this.#thread;
    if (!order || !view) return;
    this.failure = null;
    try {
      await this.#host.copy({ conversationId: view.id, orderKey: order.orderKey, what });
      this.copied = what;
      if (this.#timer) clearTimeout(this.#timer);
      this.#timer = setTimeout(() => (this.copied = null), TOLD);
      this.#toasts.say(t(COPIED[what]));
    } catch (thrown) {
      const { code } = hostError(thrown);
      if (this.#thread.view?.id === view.id) this.failure = code;
      this.#toasts.say(failureText(code), null, 'refused');
    }
  }

  /** Opens a link of the order. */
  async open(what: LinkWhat): Promise<void> {
    const { order, view } = this.#thread;
    if (!order || !view) return;
    try {
      await this.#host.openLink({ conversationId: view.id, orderKey: order.orderKey, what });
    } catch (thrown) {
      this.#toasts.say(failureText(hostError(thrown).code), null, 'refused');
    }
  }

  /** Tells nothing any more of what was taken from another order. */
  forget(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.copied = null;
    this.failure = null;
  }
}
