/** The draft of a custom source: what is typed, and what of it can be sent. Pure. */

/** What is in the fields, as texts: it need not be sound while it is typed. */
export interface Draft {
  blueprint: string;
  sample: string;
  /** One `Name: value` a line. */
  headers: string;
  /** Settings beside the blueprint and its samples, kept as they are. */
  others: Record<string, unknown>;
  /** Samples beyond the first, kept as they are. */
  more: readonly unknown[];
}

const EXAMPLE = {
  proof: { scheme: 'hmac', algorithm: 'sha256', encoding: 'hex', header: 'x-signature', over: 'body' },
  event: 'event',
  stageFrom: 'order.status',
  stages: {
    waiting_payment: 'pix_generated',
    paid: 'purchase_approved',
    canceled: 'cancelled',
    refunded: 'refunded',
  },
  ignored: ['product_updated'],
  amountUnit: 'minor',
  fields: {
    externalId: 'order.id',
    amount: 'order.total_cents',
    currency: 'order.currency',
    occurredAt: 'order.updated_at',
    name: 'customer.name',
    email: 'customer.email',
    phone: 'customer.phone',
    paymentMethod: 'order.payment_method',
    pixCode: 'order.pix.code',
    checkoutUrl: 'order.checkout_url',
    items: 'order.items',
    itemName: 'title',
    itemQuantity: 'quantity',
    itemAmount: 'total_cents',
  },
};

const exampleSample = (at: Date) => ({
  event: 'order.updated',
  order: {
    id: 'PED-1001',
    status: 'paid',
    total_cents: 19_700,
    currency: 'BRL',
    updated_at: at.toISOString(),
    payment_method: 'pix',
    checkout_url: 'https://loja.example.com/c/PED-1001',
    items: [{ title: 'Curso de Confeitaria', quantity: 1, total_cents: 19_700 }],
  },
  customer: { name: 'Mariana Duarte', email: 'mariana@example.com', phone: '+55 11 90000-0000' },
});

/** Begins with an example that works, to be changed. */
export function blank(): Draft {
  return {
    blueprint: JSON.stringify(EXAMPLE, null, 2),
    sample: JSON.stringify(exampleSample(new Date()), null, 2),
    headers: '',
    others: {},
    more: [],
  };
}

/** Takes a source's settings apart for editing. */
export function draftOf(settings: Record<string, unknown>): Draft {
  const { blueprint, samples, ...others } = settings;
  const [first, ...more] = Array.isArray(samples) ? (samples as unknown[]) : [];
  const sample = (first ?? {}) as { body?: unknown; headers?: Record<string, unknown> };
  return {
    blueprint: JSON.stringify(blueprint ?? EXAMPLE, null, 2),
    sample: typeof sample.body === 'string' ? sample.body : JSON.stringify(sample.body ?? {}, null, 2),
    headers: Object.entries(sample.headers ?? {})
      .map(([name, value]) => `${name}: ${String(value)}`)
      .join('\n'),
    others,
    more,
  };
}

/** Tells where a text stops being JSON; `null` when it is. */
export function jsonTrouble(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown);
  }
}

/** Reads `Name: value` lines. */
export function headersOf(text: string): Record<string, string> {
  const pairs = text.split('\n').map((line) => /^([^:\s]+)\s*:\s*(.*)$/.exec(line.trim()));
  return Object.fromEntries(pairs.filter((pair) => pair !== null).map((pair) => [pair[1], pair[2]]));
}

/** Puts a draft together as settings, the sample included; `null` while the blueprint is not JSON. */
export function settingsOf(draft: Draft): Record<string, unknown> | null {
  if (jsonTrouble(draft.blueprint) !== null) return null;
  const sample = sampleOf(draft);
  const samples = sample ? [sample, ...draft.more] : draft.more;
  return { ...draft.others, blueprint: JSON.parse(draft.blueprint) as unknown, samples };
}

/** Returns the draft's sample as it is kept and tried; `null` when its field is empty. */
export function sampleOf(
  draft: Draft,
): { name: string; headers: Record<string, string>; body: string } | null {
  if (draft.sample.trim() === '') return null;
  // As text, letter by letter: numbers must not change on the way.
  return { name: 'sample', headers: headersOf(draft.headers), body: draft.sample };
}
