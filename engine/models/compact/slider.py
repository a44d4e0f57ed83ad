"""What beta means for the compact model: how much of the detail head is added to the fidelity head."""


def detail_amount(beta: float, at_one: float) -> float:
    """Return a(beta) of `output = B + a(beta) D`: 1 at beta 0, `at_one` at 1, 0 at 2, linear in between.

    beta in [0, 2]; at 2 the output is the fidelity head, bit-identical. Freirich, Michaeli and Meir (2021):
    the best trade-off between distortion and perception is a straight line between its two ends.
    """
    if beta <= 1.0:
        return 1.0 + (at_one - 1.0) * beta
    return at_one * (2.0 - beta)
