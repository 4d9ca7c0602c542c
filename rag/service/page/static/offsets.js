/** The service counts code points, strings here UTF-16 units. */

/** @param {string} text @param {number} points @returns {number} the UTF-16 offset behind so many code points */
export function utf16(text, points) {
  let units = 0;
  for (let point = 0; point < points && units < text.length; point++) {
    units += /** @type {number} */ (text.codePointAt(units)) > 0xffff ? 2 : 1;
  }
  return units;
}
