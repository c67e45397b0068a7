/**
 * A PostgreSQL array literal: `{"a","b",NULL}`. Sent as one text parameter with a cast beside it, it needs no guess
 * of the element's type and is cheaper to write than an array parameter.
 */
export function arrayLiteral(
  values: readonly (string | number | bigint | boolean | null | undefined)[],
): string {
  let text = '{'
  for (let index = 0; index < values.length; index++) {
    const value = values[index]
    if (index > 0) text += ','
    if (value === null || value === undefined) text += 'NULL'
    else if (typeof value === 'string')
      text += `"${/["\\]/.test(value) ? value.replace(/["\\]/g, '\\$&') : value}"`
    else text += value
  }
  return `${text}}`
}
