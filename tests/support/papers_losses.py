"""The objectives of Palsson et al. (CVPRW 2018), written out in NumPy on what the networks give, on
either backend; and how a step of a model compares with them.

Nothing here comes from the models' own losses. Least squares as in Mao et al. (ICCV 2017):
`(D(G(x)) - 1)^2` for a generator, `(D(y) - 1)^2 + D(G(x))^2` for a discriminator.
"""

import itertools

import keras
import numpy as np
import tiny

from zoo import registry

FAR = 3
TINY = {
    "image_size": tiny.SIZE,
    "generator": tiny.RESNET,
    "discriminator": tiny.DISCRIMINATOR,
    "age_network": tiny.AGE_NETWORK,
}
# A step short enough to be a gradient, and long enough to be seen in float32.
RATE = 1e-3
# How much a loss is to change by, as a share of it, for its slope to be taken.
CHANGE = 0.001


def with_tiny_networks(config):
    """A configuration whose networks are tiny; all else stays."""
    return {
        name: TINY.get(name, with_tiny_networks(part) if isinstance(part, dict) else part)
        for name, part in config.items()
    }


def scaled(faces):
    return faces.astype("float32") / np.float32(127.5) - 1


def array(values):
    return keras.ops.convert_to_numpy(values).astype("float64")


def l1(first, second):
    return np.abs(array(first) - array(second)).mean()


def square(values):
    return (array(values) ** 2).mean()


def of_pair(pair, younger, older):
    """Of a CycleGAN: the generators' terms by name, and the discriminators'."""
    to_old, to_young = pair.aging_generator, pair.rejuvenation_generator
    judge_old, judge_young = pair.older_discriminator, pair.younger_discriminator
    x, y = scaled(younger), scaled(older)
    old, young = to_old(x), to_young(y)
    terms = {
        "adversarial": square(judge_old(old) - 1) + square(judge_young(young) - 1),
        "cycle": l1(to_young(old), x) + l1(to_old(young), y),
        "weak_l1": l1(old, x) + l1(young, y),
    }
    judges = (
        square(judge_old(y) - 1)
        + square(judge_old(old))
        + square(judge_young(x) - 1)
        + square(judge_young(young))
    )
    return terms, judges


def of_cyclegan(model, batch):
    terms, judges = of_pair(model, batch["younger"], batch["older"])
    del terms["weak_l1"]
    return {**terms, "discriminator": judges}, {"adversarial": 1, "cycle": 10}


def of_groupgan(model, batch):
    """Weak L1 is of the pair of the youngest and the oldest group alone."""
    names = ("0-20", "20-40", "40-60", "60+")
    assert set(batch) == set(names)
    found = dict.fromkeys(("adversarial", "cycle", "weak_l1", "discriminator"), 0.0)
    for (first, younger), (second, older) in itertools.combinations(enumerate(names), 2):
        terms, judges = of_pair(model.pair(younger, older), batch[younger], batch[older])
        if second - first < FAR:
            del terms["weak_l1"]
        for name, value in {**terms, "discriminator": judges}.items():
            found[name] += value
    return found, {"adversarial": 1, "cycle": 10, "weak_l1": 0.5}


def of_fagan(model, batch):
    """Years off count in tens."""
    sides = (
        ("aging", model.aging_generator, model.rejuvenation_generator),
        ("rejuvenation", model.rejuvenation_generator, model.aging_generator),
    )
    column = lambda name: batch[name][:, None]
    fakes, goals, cycles = [], [], []
    for way, there, back in sides:
        face, age, years = (
            scaled(batch[f"{way}_face"]),
            column(f"{way}_age"),
            column(f"{way}_years"),
        )
        fake = array(there([face, years, age])).astype("float32")
        cycles.append(l1(back([fake, -years, age + years]), face))
        fakes.append(fake)
        goals.append(age + years)
    fake, goal = np.concatenate(fakes), np.concatenate(goals)
    judge = model.discriminator
    chances = array(model.age_regressor.network(fake))
    found = {
        "adversarial": square(judge([fake, goal]) - 1),
        "age": np.abs(chances @ np.arange(101) - goal[:, 0]).mean() / 10,
        "cycle": np.mean(cycles),
        "discriminator": square(judge([scaled(batch["real_face"]), column("real_age")]) - 1)
        + square(judge([fake, goal])),
    }
    return found, {"adversarial": 1, "age": 1, "cycle": 10}


def of_fgan(model, batch):
    """Both parts, side by side."""
    found, weights = {}, {}
    for part, by_hand in (("fa_gan", of_fagan), ("group_gan", of_groupgan)):
        terms, own = by_hand(getattr(model, part), batch[part])
        found |= {f"{part}_{name}": value for name, value in terms.items()}
        weights |= {f"{part}_{name}": value for name, value in own.items()}
    return found, weights


BY_HAND = {"cyclegan": of_cyclegan, "groupgan": of_groupgan, "fagan": of_fagan, "fgan": of_fgan}


def paper_model(name):
    """The paper's architecture of an entry with tiny networks, and a batch for it."""
    keras.utils.set_random_seed(0)
    entry = registry.find(name)
    model = entry.model_class()(**with_tiny_networks(entry.paper_architecture))
    for fagan in {"fagan": [model], "fgan": [getattr(model, "fa_gan", None)]}.get(name, []):
        tiny.without_augmentation(fagan)
    groups = {
        group: tiny.faces(2, seed=number)
        for number, group in enumerate(("0-20", "20-40", "40-60", "60+"))
    }
    batches = {
        "cyclegan": tiny.domain_batch(),
        "groupgan": groups,
        "fagan": tiny.age_shift_batch(),
        "fgan": {"fa_gan": tiny.age_shift_batch(), "group_gan": groups},
    }
    return tiny.randomized(model), batches[name]


def compared(name):
    """What one step of a paper's model says and does, and what the paper has of it.

    Returns:
        `(logged, expected, slopes)`: dicts of losses by name, those that the step logged without
        those that weigh nothing; and for generators and discriminators the change of the paper's
        weighted sum along the step, as a share of what a step along its gradient changes: 1 where
        the step follows that sum and no other.
    """
    model, batch = paper_model(name)
    expected, weights = BY_HAND[name](model, batch)
    variables = {
        side: [
            variable for network in networks.values() for variable in network.trainable_variables
        ]
        for side, networks in (("generators", model.generators), ("judges", model.discriminators))
    }
    start = {side: [array(variable) for variable in own] for side, own in variables.items()}
    model.compile(
        keras.optimizers.SGD(RATE), keras.optimizers.SGD(RATE), run_eagerly=True, jit_compile=False
    )
    history = model.fit(tiny.Steps(lambda number, seed: batch, 1), shuffle=False, verbose=0).history
    step = {
        side: [array(variable) - old for variable, old in zip(own, start[side], strict=True)]
        for side, own in variables.items()
    }
    judged = [loss for loss in expected if loss.endswith("discriminator")]
    total = {
        "generators": lambda found: sum(weights[loss] * found[loss] for loss in weights),
        "judges": lambda found: sum(found[loss] for loss in judged),
    }

    def place(side, share):
        for one, own in variables.items():
            far = share if one == side else 0.0
            for variable, old, moved in zip(own, start[one], step[one], strict=True):
                variable.assign((old + far * moved).astype("float32"))

    slopes = {}
    for side, moved in step.items():
        along = sum((each**2).sum() for each in moved) / RATE
        share = CHANGE * total[side](expected) / along
        ends = []
        for sign in (-1, 1):
            place(side, sign * share)
            ends.append(total[side](BY_HAND[name](model, batch)[0]))
        slopes[side] = (ends[0] - ends[1]) / (2 * share * along)
    logged = {
        loss: values[0]
        for loss, values in history.items()
        if loss in model.discriminator_loss_names or float(model.ramps[loss](0)) != 0
    }
    return logged, expected, slopes
