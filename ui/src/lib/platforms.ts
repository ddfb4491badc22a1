/** The sales platforms there are readers for, by their name on the wire and as people say it. */
export const PLATFORMS: readonly (readonly [string, string])[] = [
  ['kiwify', 'Kiwify'],
  ['hotmart', 'Hotmart'],
  ['yampi', 'Yampi'],
  ['nuvemshop', 'Nuvemshop'],
  ['shopify', 'Shopify'],
  ['cartpanda', 'CartPanda'],
  ['vega', 'Vega'],
  ['luna', 'Luna'],
  ['adorei', 'Adorei'],
  ['zedy', 'Zedy'],
  ['iset', 'iSET'],
  ['cart_abandonment', 'Cart Abandonment'],
];

/** Returns a platform's name as people say it. */
export function platformName(slug: string): string {
  return PLATFORMS.find(([known]) => known === slug)?.[1] ?? slug;
}
