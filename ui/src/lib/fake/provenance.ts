/** Where the invented orders were told from. */
import { HostError } from '../host';
import type { OrderCard } from '../types/OrderCard';
import type { Provenance } from '../types/Provenance';
import type { Conversation } from './world';

const PROOFS = ['signature', 'token', 'key'];

/** Lists the requests that told of an order, the newest first. */
export function provenanceOf(order: OrderCard): Provenance {
  const place = Number(order.reference);
  const deliveries = order.steps.map((step, at) => ({
    id: `${order.orderKey}.${at}`,
    at: step.at + 400,
    event: step.stage,
    proof: PROOFS[place % PROOFS.length] ?? 'key',
    repeats: (place + at) % 3,
  }));
  return { deliveries: deliveries.reverse() };
}

/** Returns a request as it was received. */
export function rawOf(id: string, world: readonly Conversation[]): string {
  const [key, step] = id.split('.');
  const whose = world.find((one) => one.orders.some((order) => order.orderKey === key));
  const order = whose?.orders.find((order) => order.orderKey === key);
  const told = order?.steps[Number(step)];
  if (!whose || !order || !told) throw new HostError('not_found');
  const body = {
    event: told.stage,
    order_id: order.reference,
    created_at: new Date(told.at).toISOString(),
    customer: whose.full,
    amount: order.amount?.minor ?? null,
    products: order.items.map((item) => item.name),
    checkout_url: order.checkout?.url ?? null,
  };
  return JSON.stringify(body, null, 2);
}
