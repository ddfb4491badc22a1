/** What the composer tells of itself: what is being written, how far it is kept, and what stands in a template's way. */
import type { HostError } from '../host';
import { shiftMarks } from '../marks';
import { inserted, type VariableName } from '../templates';
import { clockTime } from '../time';
import type { DraftKind } from '../types/DraftKind';
import type { Mark } from '../types/Mark';
import type { Missing } from '../types/Missing';
import type { TemplateChip } from '../types/TemplateChip';
import type { Stood } from './standing.svelte';

export type Saved = 'nothing' | 'saving' | 'saved' | 'failed';

/** Tells why a template cannot be used. */
export interface Blocked {
  name: string;
  missing: Missing[];
  instead: TemplateChip | null;
  /** What it would say, for the eye only, and where its values and holes stand. */
  preview: string;
  marks: Mark[];
}

/** Lists what can be written: to the customer, to the team, or what the customer said. */
export type Mode = 'message' | 'note' | 'received';

/** Holds what a template asks before it is filled. */
export interface Prompting {
  chip: TemplateChip;
  answers: Record<string, string>;
}

/** What was in a field, with all that belonged to it. */
export interface Written {
  text: string;
  marks: Mark[];
  templateKey: string | null;
  stood: Stood;
}

/** Makes one for each of what can be written. */
export const eachMode = <T>(make: () => T): Record<Mode, T> => ({
  message: make(),
  note: make(),
  received: make(),
});

/** What the host calls what is being written. */
export const KIND: Record<Mode, DraftKind> = { message: 'message', note: 'note', received: 'answer' };

/** Returns a text and its marks with the value of a variable in place of a stretch, and where the caret goes. */
export function withValue(
  before: { text: string; marks: readonly Mark[] },
  { start, end }: { start: number; end: number },
  variable: VariableName,
  value: string,
): { text: string; marks: Mark[]; to: number } {
  const { text, to } = inserted(before.text, start, end, variable, value);
  const at = text.indexOf(value, start);
  const kept = shiftMarks(before.text, text, before.marks).filter((one) => one.end <= at || one.start >= to);
  return { text, marks: [...kept, { start: at, end: at + value.length, variable }], to };
}

/** Reads who did it before, and when, from what the host names beside a refusal. */
export function doneBefore(problems: HostError['problems']): { who: string; when: string } | null {
  const detail = (path: string) => problems.find((problem) => problem.path === path)?.detail;
  const [who, at] = [detail('by'), Number(detail('at'))];
  return who === undefined || Number.isNaN(at) ? null : { who, when: clockTime(at) };
}
