"""Decides a file of SMT-LIB with cvc5, reading its bit vectors as integers.

Halmos calls it as its solver. Products and divisions of 256-bit words are beyond solvers that work bit by bit; as
integers with bounds most of them are easy.
"""

import sys

import cvc5

LIMIT_MS = "60000"


def main(path: str) -> None:
    solver = cvc5.Solver()
    for option, value in (("solve-bv-as-int", "sum"), ("produce-models", "true"), ("tlimit-per", LIMIT_MS)):
        solver.setOption(option, value)
    parser = cvc5.InputParser(solver)
    parser.setFileInput(cvc5.InputLanguage.SMT_LIB_2_6, path)
    symbols = parser.getSymbolManager()
    while True:
        command = parser.nextCommand()
        if command.isNull():
            return
        answer = command.invoke(solver, symbols)
        if answer:
            print(answer, end="", flush=True)


main(sys.argv[-1])
