import type { Host } from './host';
export function fakeFromAddress(_: URLSearchParams): Host {
  throw new Error();
}
