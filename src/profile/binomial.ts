/**
 * The Clopper–Pearson upper bound: the largest chance at which so few hits in so many trials are still no less likely than
 * 1 - level. Exact, not an approximation: of all binomial chances the true one lies below in at least `level` of the cases.
 */
export function upperBound(hits: number, trials: number, level: number): number {
  if (hits >= trials) return 1;
  let [low, high] = [hits / trials, 1];
  for (let step = 0; step < STEPS; step++) {
    const middle = (low + high) / 2;
    if (atMost(hits, trials, middle) > 1 - level) low = middle;
    else high = middle;
  }
  return high;
}

/** Halvings until a double is exhausted. */
const STEPS = 52;

/** The chance of `hits` or fewer in `trials`, summed in logarithms: a single term may be far below what a double holds. */
function atMost(hits: number, trials: number, chance: number): number {
  let term = trials * Math.log1p(-chance);
  let sum = Math.exp(term);
  for (let k = 1; k <= hits; k++) {
    term += Math.log((trials - k + 1) / k) + Math.log(chance) - Math.log1p(-chance);
    sum += Math.exp(term);
  }
  return sum;
}
