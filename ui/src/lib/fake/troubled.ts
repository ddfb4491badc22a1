/** Lets some of a host's answers never come, or fail, as an address asks for: `?hang=listPage&fail=sources.list&code=offline`. */
import { HostError } from '../host';

type Answers = Record<string, unknown>;

/** Puts the troubles an address names in the place of a host's answers. */
export function trouble(host: object, asked: URLSearchParams): void {
  const code = asked.get('code') ?? 'unreachable';
  const names = (how: string) => (asked.get(how) ?? '').split(',').filter(Boolean);
  for (const name of names('hang')) put(host, name, () => new Promise(() => undefined));
  for (const name of names('fail')) put(host, name, () => Promise.reject(new HostError(code)));
}

function put(host: object, name: string, answer: () => Promise<unknown>): void {
  const path = name.split('.');
  const last = path.pop() ?? '';
  const holder = path.reduce<Answers>((at, step) => at[step] as Answers, host as Answers);
  if (!(last in holder)) throw new Error(`the host answers no ${name}`);
  Object.defineProperty(holder, last, { value: answer, configurable: true });
}
