/** What lies at hand for an order while one writes: its templates, those under keys first, and the values of the sale. */
import { HostError, hostError, type Host } from '../host';
import { locale } from '../i18n.svelte';
import type { SaleValue } from '../types/SaleValue';
import type { TemplateChip } from '../types/TemplateChip';

/** An order of a conversation. */
export interface About {
  conversationId: string;
  orderKey: string;
}

export class AtHand {
  chips = $state.raw<TemplateChip[]>([]);
  values = $state.raw<SaleValue[]>([]);
  /** The templates could not be read. */
  failed = $state(false);
  /** Code of why the values could not be read. */
  valuesFailure = $state<string | null>(null);

  #host: Host;
  #for = '';
  #choosing: Promise<void> | null = null;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Returns what to wait for until the templates are the order's; `null` once they are. */
  get choosing(): Promise<void> | null {
    return this.#choosing;
  }

  /** Lets go of everything: no order is in hand. */
  clear(): void {
    this.chips = [];
    this.#drop();
    this.#for = '';
    this.#choosing = null;
  }

  /** Reads which templates there are now. */
  async read(about: About | null): Promise<void> {
    if (!about) {
      this.chips = [];
      this.#drop();
      this.#choosing = null;
      return;
    }
    const asked = nameOf(about);
    const isNew = this.#for !== asked;
    if (isNew) this.#drop();
    this.#for = asked;
    const reading = this.#readChips(asked, about);
    // Those read anew for the same order are no reason to wait: the ones on screen are its own.
    if (isNew) this.#choosing = reading;
    await reading;
    if (this.#choosing === reading) this.#choosing = null;
  }

  async #readChips(asked: string, about: About): Promise<void> {
    const chips = await this.#host.templates({ ...about, locale: locale() }).catch(() => null);
    if (this.#for !== asked) return;
    this.chips = chips ?? [];
    this.failed = chips === null;
  }

  /** Reads what the values are at this moment. */
  async readValues(about: About): Promise<void> {
    const asked = this.#host.saleValues({ ...about, locale: locale() });
    const read = await asked.catch((thrown: unknown) => hostError(thrown));
    if (this.#for !== nameOf(about)) return;
    const failed = read instanceof HostError;
    this.values = failed ? [] : read;
    this.valuesFailure = failed ? read.code : null;
  }

  #drop(): void {
    this.values = [];
    this.valuesFailure = null;
    this.failed = false;
  }
}

const nameOf = ({ conversationId, orderKey }: About) => `${conversationId} ${orderKey}`;
