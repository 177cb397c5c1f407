import { expect, test } from 'vitest'
import { legible, type Words } from './legible'

const titles = (path: string) => (path === 'name' ? "Customer's name" : undefined)

const words: Words = {
  operator: (operator) =>
    ({ isOneOf: 'is one of', greater: 'is over', isEmpty: 'is empty' })[operator as 'isOneOf'],
  span: (count, unit) => `${count} ${unit.toLowerCase()}`,
  times: (count) => `at most ${count} times`,
  or: 'or',
}

test.each([
  ['See you, {{var("name")}}!', "See you, ‹Customer's name›!"],
  ['{{upper(var("name"))}} at {{var("when")}}', "upper(‹Customer's name›) at ‹when›"],
  [['a', '{{1}}'], 'a\n1'],
  [true, 'true'],
  [undefined, ''],
  [{ offsetExpression: '{{2}}', offsetTimeUnit: 'HOURS', postActionIds: ['x'] }, '2 hours'],
  [{ offsetExpression: '{{var("n")}}', offsetTimeUnit: 'HOURS' }, '‹n› hours'],
  ['{{contains(["Ada"; "Ines"]; var("name"))}}', "‹Customer's name› is one of “Ada”, “Ines”"],
  [
    {
      orExpressionGroups: [
        {
          operator: 'AND',
          booleanExpressions: ['{{isEmpty(var("name"))}}', '{{numberGt(var("party"); 8)}}'],
        },
        { operator: 'AND', booleanExpressions: ['{{weekday(now())}}'] },
      ],
      truePostActionIds: ['x'],
    },
    "‹Customer's name› is empty\n‹party› is over 8\nor\nweekday(now())",
  ],
  [
    {
      maxActivationsExpression: '{{3}}',
      rateLimitDurationExpression: '{{1}}',
      rateLimitDurationTimeUnit: 'DAYS',
      uniqueIdentifierExpression: '{{var("name")}}',
    },
    "at most 3 times\n1 days\n‹Customer's name›",
  ],
  [{ paths: [{ id: 'a', name: 'A', postActionId: 'x' }] }, 'Name: A'],
])('%j', (value, want) => {
  expect(legible(value, titles, words)).toBe(want)
})
