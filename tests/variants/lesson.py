"""The sections of the lesson; each tells the page what it says and what the verdict on it must be."""

from __future__ import annotations

from decimal import Decimal
from random import Random

from tests.variants.names import Names
from tests.variants.page import Page
from tests.variants.rounding import decimals, is_right, logistic, plain, printed, real, significant, verdict

PROVED, ROUNDED, DEFINED = "proved", "rounded", "definition"


def _signed(value: Decimal) -> str:
    return plain(value) if value >= 0 else f"({plain(value)})"


def neuron(page: Page, names: Names, random: Random) -> None:
    """One neuron, with numbers."""
    one, other = names.weights(1, 2)
    x, b, y, sign = names.input, names.bias, names.neuron, names.times
    page.heading("What One Neuron Does")
    for at, each in enumerate((one, other), 1):
        page.display(rf"{x}_{at} \rightarrow {x}_{at} {sign} {each}", "not a claim")
    page.prose("With its bias:")
    page.display(f"({x}_1 {sign} {one}) + ({x}_2 {sign} {other}) + {b}", "not a claim")
    page.prose("A function makes an output of this:")
    page.display(f"{y} = {names.value(f'{x}_1 {sign} {one} + {x}_2 {sign} {other} + {b}')}", DEFINED)
    _logistic(page, names)
    while True:
        w = [Decimal(random.randint(-3, 3)) for _ in range(2)]
        v = [Decimal(random.randint(1, 4)) for _ in range(2)]
        bias = Decimal(random.randint(-4, 4))
        total = w[0] * v[0] + w[1] * v[1] + bias
        if 0 < abs(total) < 5:
            break
    weights, inputs = (f"[{plain(each[0])}, {plain(each[1])}]" for each in (w, v))
    said = page.say(f"{names.weight} = {weights}", DEFINED), page.say(f"{b} = {plain(bias)}", DEFINED)
    page.prose("Take {} and {}.", *said)
    page.prose("The input is {}, so that", page.say(f"{x} = {inputs}", DEFINED))
    dot = rf"{names.weight} \cdot {x}"
    terms = " + ".join(f"{_signed(each)} {sign} {plain(at)}" for each, at in zip(w, v, strict=True))
    page.display(
        f"({dot}) + {b} = (({one} {sign} {x}_1) + ({other} {sign} {x}_2)) + {b}"
        f" = {terms} + {_signed(bias)} = {plain(total)}",
        PROVED,
        *[PROVED] * 3,
        slip=(f"{_signed(bias)} = {plain(total)}", f"{_signed(bias)} = {plain(total + 1)}"),
    )
    result = significant(logistic(real(total)), 3)
    page.display(
        f"{y} = {names.value(f'{dot} + {b}')} = {names.value(plain(total))} = {printed(result)}",
        ROUNDED,
        DEFINED,
        PROVED,
        ROUNDED,
        slip=(f"= {names.value(plain(total))} ", f"= {names.value(plain(total + 2))} "),
    )


def _logistic(page: Page, names: Names) -> None:
    f = names.function
    page.display(rf"\text{{The logistic function, }} {f}(x) = \frac{{1}}{{1 + e^{{-x}}}}", DEFINED)


def feedforward(page: Page, names: Names, random: Random) -> None:
    """A network whose neurons share their weights, with numbers."""
    w, b, x, h, o, sign = names.weight, names.bias, names.input, names.hidden, names.output, names.times
    page.heading("A Network, Forward")
    weights = random.choice([(0, 1), (1, 0), (1, 1), (1, -1), (2, -1)])
    inputs = (random.randint(1, 4), random.randint(-4, -1) if weights[1] == 1 else random.randint(1, 3))
    total = weights[0] * inputs[0] + weights[1] * inputs[1]
    shared = page.say(f"{w} = [{weights[0]}, {weights[1]}]", DEFINED), page.say(f"{b} = 0", DEFINED)
    page.prose("All neurons have the weights {} and the bias {}.", *shared)
    page.prose("What becomes of {}?", page.say(f"{x} = [{inputs[0]}, {inputs[1]}]", DEFINED))
    terms = " + ".join(
        f"({each} {sign} {_signed(Decimal(at))})" for each, at in zip(weights, inputs, strict=True)
    )
    hidden = decimals(logistic(real(total)), 4)
    last = verdict(hidden, logistic(real(total)))
    f, summed = names.value, rf"{w} \cdot {x} + {b}"
    page.display(
        f"{h}_1 = {h}_2 = {f(summed)} = {f(f'{terms} + 0')} = {f(str(total))} = {printed(hidden)}",
        last,
        DEFINED,
        DEFINED,
        PROVED,
        PROVED,
        last,
        slip=(f"= {printed(hidden)}", f"= {printed(hidden + Decimal('0.0300'))}"),
    )
    inside = sum(weights) * logistic(real(total))
    argument = decimals(inside, 4)
    output = decimals(logistic(inside), 4)
    follows = is_right(decimals(logistic(real(argument)), 4), logistic(inside))
    parts = " + ".join(f"({each} {sign} {h}_{at})" for at, each in enumerate(weights, 1))
    whole = rf"{w} \cdot [{h}_1, {h}_2] + {b}"
    if argument and follows:
        page.display(
            f"{o}_1 = {f(whole)} = {f(f'{parts} + 0')} = {f(printed(argument))} = {printed(output)}",
            ROUNDED,
            DEFINED,
            PROVED,
            verdict(argument, inside),
            ROUNDED,
            slip=(f"= {printed(output)}", f"= {printed(output - Decimal('0.0110'))}"),
        )


def loss(page: Page, names: Names, random: Random) -> None:
    """The mean squared error, of several people and of one."""
    people, sign = random.choice([4, 5, 8]), names.mean
    labels = [random.randint(0, 1) for _ in range(people)]
    labels[0] = 1
    error = f"({names.true} - {names.predicted})^2"
    page.heading("How Wrong It Is")
    since = page.here
    page.display(rf"{sign} = \frac{{1}}{{n}} \sum_{{i=1}}^n {error}", DEFINED)
    page.prose(
        "Here {} is the squared error. A network that always says 0 has the loss",
        page.say(error, "not a claim"),
    )
    mean = plain(Decimal(sum(labels)) / people)
    page.display(
        f"{sign} = ({'+'.join(map(str, labels))})/{people} = {mean}",
        PROVED,
        PROVED,
        PROVED,
        slip=(f"/{people} =", f"/{people + 1} ="),
    )
    page.given(
        since, f"n = {people}, {names.spoken(names.true)} = {labels}, {names.spoken(names.predicted)} = 0"
    )
    page.prose("With one person, whose label is 1:")
    since = page.here
    page.aligned(
        [rf"{sign} &= \frac{{1}}{{1}} \sum_{{i=1}}^n {error}", f"&= {error}"], PROVED, PROVED, PROVED
    )
    page.display(f"= (1 - {names.predicted})^2", PROVED, slip=("(1 -", "(2 -"))
    page.given(since, f"n = 1, {names.spoken(names.true)} = 1")


def partials(page: Page, names: Names, random: Random) -> None:
    """The network's partial derivatives, by symbols."""
    of, y, h, x, by, along = names.loss, names.predicted, names.hidden, names.input, names.by, names.along
    w = names.weights(*range(1, 7))
    page.heading("The Network, Backward")
    everything = ", ".join([*w, *(f"{names.bias}_{each}" for each in (1, 2, 3))])
    page.display(f"{of}({everything})", "not a claim")
    page.prose("How does it change with one weight? {} says it.", page.say(by(of, w[0]), "not a claim"))
    page.display(f"{by(of, w[0])} = {along(of, y, w[0])}", PROVED, slip=(by(y, w[0]), by(y, w[1])))
    page.prose("The loss is {}.", page.say(f"{of} = (1 - {y})^2", DEFINED))
    page.display(
        rf"{by(of, y)} = {by(f'(1 - {y})^2', y)} = \boxed{{-2(1 - {y})}}",
        PROVED,
        PROVED,
        PROVED,
        slip=("{-2(1", random.choice(["{2(1", "{-(1", "{-4(1"])),
    )
    output = names.sum(3)
    page.display(f"{y} = {names.output}_1 = {names.value(output)}", DEFINED)
    page.display(
        f"{by(y, w[0])} = {along(y, f'{h}_1', w[0])}",
        PROVED,
        slip=("= ", "= -"),
    )
    page.display(
        rf"{by(y, f'{h}_1')} = \boxed{{{w[4]} {names.times} {names.slope(output)}}}",
        PROVED,
        slip=random.choice(
            [
                (rf"\boxed{{{w[4]} ", rf"\boxed{{{w[5]} "),
                (names.slope(output), names.value(output)),
                (rf"\boxed{{{w[4]} ", rf"\boxed{{-{w[4]} "),
            ]
        ),
    )
    hidden = names.sum(1)
    page.display(f"{h}_1 = {names.value(hidden)}", DEFINED)
    page.display(
        rf"{by(f'{h}_1', w[0])} = \boxed{{{x}_1 {names.times} {names.slope(hidden)}}}",
        PROVED,
        slip=(rf"\boxed{{{x}_1", rf"\boxed{{{x}_2"),
    )
    _slope(page, names, random)
    for weight, other in ((w[0], w[1]), (w[1], w[2])):
        path = along(of, y, f"{h}_1", weight)
        wrong = f"{names.times} {by(f'{h}_1', other)}"
        page.display(
            f"{by(of, weight)} = {path}", PROVED, slip=(f"{names.times} {by(f'{h}_1', weight)}", wrong)
        )
    # What the other neuron adds up, the text says in numbers only: no slip here can be proved wrong.
    for weight in w[2:4]:
        page.display(f"{by(of, weight)} = {along(of, y, f'{h}_2', weight)}", PROVED)
    for last in (w[4], w[5], f"{names.bias}_3"):
        page.display(
            f"{by(of, last)} = {along(of, y, last)}", PROVED, slip=(f"= {by(of, y)}", f"= -{by(of, y)}")
        )
    _contradicted(page, names, random)


def _slope(page: Page, names: Names, random: Random) -> None:
    f, sign = names.function, names.times
    page.display(rf"{f}(x) = \frac{{1}}{{1 + e^{{-x}}}}", DEFINED)
    page.display(
        rf"{f}'(x) = \frac{{e^{{-x}}}}{{(1 + e^{{-x}})^2}} = {f}(x) {sign} (1 - {f}(x))",
        PROVED,
        PROVED,
        PROVED,
        slip=random.choice([(f"(1 - {f}(x))", f"(1 + {f}(x))"), ("(1 + e^{-x})^2", "(1 + e^{-x})^3")]),
    )


def _contradicted(page: Page, names: Names, random: Random) -> None:
    """By a bias; the words behind it may say what the text has not said."""
    h, b, f = f"{names.hidden}_1", f"{names.bias}_1", names.value(names.sum(1))
    operator = rf"\frac{{{names.curly}}}{{{names.curly} {b}}}"
    if random.random() < 0.3:
        text = rf"{names.by(h, b)} = {operator} {f} \text{{ where }} {h} = {names.sum(1)}"
        page.display(text, "wrong", PROVED, "wrong")
    page.display(f"{names.by(h, b)} = {operator} {f}", PROVED)
    page.display(f"= {names.by(b, b)} {names.times} {names.slope(names.sum(1))}", PROVED, slip=("= ", "= -"))


def cosine(page: Page, names: Names, random: Random) -> None:
    """A function of one variable, forward and backward in small steps."""
    page.heading("A Function of One Variable")
    three, two = random.choice([(3, 2), (5, 2), (4, 3), (2, 3)])
    page.prose("Derive {} by hand.", page.say(rf"J = \cos(\sin(x^{two}) + {three}x^{two})", DEFINED))
    square = f"x^{two}"
    for text in (f"a = {square}", r"b = \sin(a)", f"c = {three} * {square}", "d = b + c", r"J = \cos(d)"):
        page.prose("- Compute {}.", page.say(text, DEFINED))
    page.display(
        rf"{square} \rightarrow \sin({square}) \rightarrow \sin({square}) + {three} * {square}", "not a claim"
    )
    power = "x" if two == 2 else f"x^{two - 1}"
    for text, slip in (
        (r"\frac{dJ}{dd} = -\sin(d)", ("-", "")),
        ("dd/db = 1", ("1", "-1")),
        ("dd/dc = 1", ("1", "2")),
        (r"db/da = \cos(a)", (r"\cos", r"-\cos")),
        (f"da/dx = {two} * {power}", (f"{two} *", f"{two + 1} *")),
        (f"dc/dx = {two * three} * {power}", (f"{two * three} *", f"{three} *")),
    ):
        page.prose("- Backward: {}", page.say(text, PROVED, slip=slip))
    page.display(
        "dJ/dx = dJ/dd * dd/db * db/da * da/dx + dJ/dd * dd/dc * dc/dx",
        PROVED,
        slip=random.choice([(" + dJ/dd * dd/dc * dc/dx", ""), ("dJ/dd * dd/db", "dd/db")]),
    )


def cross_entropy(page: Page, names: Names, random: Random) -> None:
    """Logistic regression, written on one line each."""
    page.heading("Logistic Regression")
    page.prose("a. The weighted sum: {}.", page.say("z = w^T * x + b", DEFINED))
    page.display(r"h(x) = \text{sigmoid}(z) = 1 / (1 + \exp(-z)).", DEFINED)
    page.display(r"J(y, h(x)) = -y * \log(h(x)) - (1 - y) * \log(1 - h(x)).", DEFINED)
    for label, text, links, slip in (
        ("a", "dJ/dh = -(y / h(x)) + (1 - y) / (1 - h(x)).", (), (") + (", ") - (")),
        ("b", "dh/dz = h(x) * (1 - h(x)).", (), ("1 - h", "1 + h")),
        ("c", r"dz/dw = x. \text{ Where } z \text{ is from step (a), } z = w^T * x + b.", (), None),
        ("d", "dz/db = 1.", (), ("= 1", "= -1")),
        (
            "a",
            "dJ/dw = dJ/dh * dh/dz * dz/dw = x * (h(x) - y).",
            (PROVED, PROVED),
            ("(h(x) - y)", "(y - h(x))"),
        ),
        ("b", "dJ/db = dJ/dh * dh/dz * dz/db = h(x) - y.", (PROVED, PROVED), ("h(x) - y", "h(x) + y")),
    ):
        page.display(text, PROVED, *links, slip=slip, label=f"{label}. ")
    for text in (r"w := w - \text{learning_rate} * dJ/dw.", r"b := b - \text{learning_rate} * dJ/db."):
        page.prose("- Then {}", page.say(text, "update"))
