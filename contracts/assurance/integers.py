"""Proves with z3, as statements about integers, what is nonlinear in the arithmetic of the contracts.

Halmos proves the code over products as single variables (test/halmos); here is what those products need to be.
Each lemma is proved by finding its negation impossible. Ends with 1 if one is not proved.
"""

import sys
import time

from z3 import And, Implies, Int, Ints, Solver, Sum, Not, unsat

LIMIT_MS = 20_000
BPS = 10_000
AMOUNT = 2**128
UNIT = 2**96
WORD = 2**256


def floor(result, dividend, divisor):
    """`result` is the floor of a division of non-negative integers."""
    return And(result >= 0, result * divisor <= dividend, dividend < (result + 1) * divisor)


def within(variable, least, most):
    return And(least <= variable, variable <= most)


def sale():
    amount, more, bps, fee, tier = Ints("amount more bps fee tier")
    bounds = And(within(amount, 0, AMOUNT - 1), within(bps, 0, BPS))
    yield "a product of amount and bps fits a word and is at most amount times 10,000", Implies(
        bounds, And(amount * bps < WORD, amount * bps <= amount * BPS)
    )
    yield "it does not fall when the amount grows", Implies(
        And(bounds, more >= amount), more * bps >= amount * bps
    )
    yield "the fee is at most the amount", Implies(And(bounds, floor(fee, amount * bps, BPS)), fee <= amount)
    steps = 8 - tier
    yield "a tier takes at most half of the fee and adds nothing", Implies(
        And(bounds, within(tier, 0, 4), floor(fee, amount * bps * steps, BPS * 8)),
        And(fee * BPS <= amount * bps, 2 * BPS * (fee + 1) > amount * bps),
    )


def settlement():
    """Eight parents and the beneficiary, whatever each one's product is, as long as they add up to the whole."""
    received = Int("received")
    products = [Int(f"product{i}") for i in range(9)]
    parts = [Int(f"part{i}") for i in range(9)]
    divided = And(*[floor(part, product, BPS) for part, product in zip(parts, products)])
    whole = And(divided, received >= 0, *[product >= 0 for product in products], Sum(products) == received * BPS)
    yield "nine parts are at most the whole", Implies(whole, Sum(parts) <= received)
    yield "at most eight units wait", Implies(whole, received - Sum(parts) <= 8)


def scores():
    amount, more, term, longer, score = Ints("amount more term longer score")
    bounds = And(within(amount, 0, UNIT - 1), within(term, 0, 52))
    yield "a score is one to two times the amount", Implies(
        And(bounds, floor(score, amount * (52 + term), 52)), And(amount <= score, score <= 2 * amount)
    )
    yield "the product of amount and weeks grows with both", Implies(
        And(bounds, more >= amount, longer >= term), more * (52 + longer) >= amount * (52 + term)
    )


def fees():
    held, accounted, total, gain, mine, theirs, index = Ints("held accounted total gain mine theirs index")
    fresh = held * UNIT - accounted
    book = And(
        within(held, 0, AMOUNT - 1), accounted >= 0, fresh >= 0, total >= 1, total < AMOUNT, floor(gain, fresh, total)
    )
    yield "what is accounted for never exceeds the balance", Implies(book, accounted + gain * total <= held * UNIT)
    yield "less than the sum of scores waits, in 2^-96 units", Implies(book, fresh - gain * total < total)
    yield "scores that add up to the sum earn what was divided", Implies(
        And(book, mine >= 0, theirs >= 0, mine + theirs == total), mine * gain + theirs * gain == gain * total
    )
    yield "a score smaller than the sum earns no more than was divided", Implies(
        And(book, within(mine, 0, total)), mine * gain <= fresh
    )
    yield "an account's gain fits a word", Implies(
        And(within(mine, 0, 2**97), within(index, 0, 2**158)), mine * index < WORD
    )


def shares():
    supply, mine, theirs, before, now, earned, left = Ints("supply mine theirs before now earned left")
    clone = And(
        within(supply, 1, UNIT), mine >= 0, theirs >= 0, mine + theirs == supply, before >= 0, now >= before, now < AMOUNT
    )
    stretch = now - before
    yield "earnings of all holders are the stretch times the supply", Implies(
        clone, mine * stretch + theirs * stretch == supply * stretch
    )
    yield "they fit a word", Implies(clone, And(supply * now < WORD, mine * now < WORD))
    yield "a claim pays at most what was earned and keeps less than one unit", Implies(
        And(clone, earned >= 0, floor(left, earned, supply)),
        And(left * supply <= earned, earned - left * supply < supply),
    )
    a, b, paid_a, paid_b = Ints("a b paid_a paid_b")
    yield "two holders' claims are at most what all shares earned", Implies(
        And(clone, a >= 0, b >= 0, a + b <= supply * now, floor(paid_a, a, supply), floor(paid_b, b, supply)),
        paid_a + paid_b <= now,
    )


def main() -> int:
    failed = 0
    for group in (sale, settlement, scores, fees, shares):
        for name, lemma in group():
            solver = Solver()
            solver.set("timeout", LIMIT_MS)
            solver.add(Not(lemma))
            started = time.monotonic()
            answer = solver.check()
            # From assumptions that contradict each other anything follows, so those prove nothing.
            assumed = Solver()
            assumed.set("timeout", LIMIT_MS)
            assumed.add(lemma.arg(0))
            proved = answer == unsat and assumed.check() != unsat
            failed += not proved
            print(f"[{'PASS' if proved else 'FAIL'}] {group.__name__}: {name} ({time.monotonic() - started:.2f}s)")
            if not proved:
                print(f"       {answer}: {solver.model() if str(answer) == 'sat' else solver.reason_unknown()}")
    print(f"{failed} not proved" if failed else "all proved")
    return 1 if failed else 0


sys.exit(main())
