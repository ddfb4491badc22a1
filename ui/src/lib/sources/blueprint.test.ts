import { expect, test } from 'vitest';
import { blank, draftOf, headersOf, settingsOf } from './blueprint';

test('what is kept comes back as it was, the samples beyond the first too', () => {
  const settings = {
    reconcileMinutes: 30,
    blueprint: { event: 'type' },
    samples: [
      { name: 'sample', headers: { 'x-event': 'paid' }, body: '{"amount": 1797.30}' },
      { name: 'other', body: { a: 1 } },
    ],
  };
  expect(settingsOf(draftOf(settings))).toEqual(settings);
});

test('a sample kept as JSON is edited as text', () => {
  const draft = draftOf({ blueprint: {}, samples: [{ name: 's', body: { a: 1 } }] });
  expect(draft.sample).toBe('{\n  "a": 1\n}');
});

test('an empty sample is not kept, and a blueprint that is not JSON cannot be', () => {
  expect(settingsOf({ ...blank(), sample: ' ' })?.samples).toEqual([]);
  expect(settingsOf({ ...blank(), blueprint: '{' })).toBeNull();
});

test.each([
  ['', {}],
  ['X-A: 1\n x-b :two: three \nnonsense\n', { 'X-A': '1', 'x-b': 'two: three' }],
])('headers of %j', (text, expected) => expect(headersOf(text)).toEqual(expected));
