// When a number that is being dialled is complete.

// Digits that stand so long without another are a number, in milliseconds.
export const PAUSE = 1000;
// No number is longer: what was dialled before falls out.
const LONGEST = 32;
const CALL_BLOCKING = "#70";
const DIGITS = /^[0-9]+$/;

export class DialPlan {
  // What the exchange says of how the tenant's people dial.
  constructor({ extension_length: length = 4, complete = [] } = {}) {
    this.length = Math.min(Math.max(length, 1), 15);
    this.complete = complete.filter((number) => DIGITS.test(number));
  }

  // Adds a key to the digits before it: the digits, and what is complete: `{number}`, or `{code}`, which is null where there is no such code.
  key(digits, key) {
    if (key === "#" && digits && digits[0] !== "#") return { digits, number: this.#atOnce(digits) };
    if (key === "+" && digits) return { digits };
    const dialled = (digits + key).slice(-LONGEST);
    if (dialled[0] === "#") {
      if (dialled === CALL_BLOCKING) return { digits: dialled, code: "call_blocking" };
      const unknown = dialled.length >= CALL_BLOCKING.length || /[#*]/.test(dialled.slice(1));
      return unknown ? { digits: dialled, code: null } : { digits: dialled };
    }
    const number = dialled[0] === "+" ? undefined : this.complete.find((number) => dialled.endsWith(number));
    return { digits: dialled, number };
  }

  // The number that stands there when nothing more was dialled for a while. The last digits count, so that a slip is dialled over.
  afterPause(digits) {
    return DIGITS.test(digits) && digits.length >= this.length ? digits.slice(-this.length) : undefined;
  }

  // An outside number as a whole, else the last digits.
  #atOnce(digits) {
    return /^[0+]/.test(digits) || !DIGITS.test(digits) ? digits : digits.slice(-this.length);
  }
}
