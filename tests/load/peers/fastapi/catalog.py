"""Which tips fit a situation: the conditions of the catalog as functions, made once, and the choice among what fits."""

import json
from dataclasses import dataclass
from typing import Callable

Facts = dict[str, frozenset[str] | int]
Test = Callable[[Facts], bool]

PHASES = ["recover", "respond", "reflect", "improve", "look_ahead", "practice"]


@dataclass(frozen=True, slots=True)
class Tip:
    id: str
    phase: int
    title: str
    body: str
    tests: tuple[Test, ...]

    def fits(self, facts: Facts) -> bool:
        for test in self.tests:
            if not test(facts):
                return False
        return True


def test_of(text: str) -> Test:
    """`field=a|b`, `field!=a|b`, `field>=n`; what is absent is unknown."""
    if ">=" in text:
        field, number = text.split(">=")
        least = int(number)
        return lambda facts: (count := facts.get(field)) is not None and count >= least
    if "!=" in text:
        field, values = text.split("!=")
        kept_out = frozenset(values.split("|"))
        return lambda facts: (known := facts.get(field)) is None or known.isdisjoint(kept_out)
    field, values = text.split("=")
    wanted = frozenset(values.split("|"))
    unknown = "unknown" in wanted
    return lambda facts: unknown if (known := facts.get(field)) is None else not known.isdisjoint(wanted)


class Catalog:
    """The advice, ready to be chosen from."""

    def __init__(self, path: str) -> None:
        with open(path, encoding="utf-8") as file:
            catalog = json.load(file)
        self.version: str = catalog["version"]
        self.locale: str = catalog["locale"]
        self.frame: dict[str, str] = catalog["frame"]
        self._named = catalog["conditions"]
        self._tips: dict[str, list[Tip]] = {"candidate": [], "employer_branded": [], "internal_hr": []}
        for tip in sorted(catalog["tips"], key=lambda tip: -tip["priority"]):
            tests = tuple(self._tests(catalog["gates"][tip["phase"]]) + self._tests(tip["when"]))
            made = Tip(tip["id"], PHASES.index(tip["phase"]), tip["title"], tip["body"], tests)
            for audience, tips in self._tips.items():
                if audience in (tip["audiences"] or self._tips):
                    tips.append(made)

    def _tests(self, when: dict[str, list[str]]) -> list[Test]:
        tests: list[Test] = []
        for text in when.get("all", []):
            tests += self._tests(self._named[text[1:]]) if text.startswith("@") else [test_of(text)]
        for text in when.get("none", []):
            tests.append(lambda facts, test=test_of(text): not test(facts))
        if anyone := tuple(test_of(text) for text in when.get("any", [])):
            tests.append(lambda facts: any(test(facts) for test in anyone))
        return tests

    def choose(self, audience: str, facts: Facts, limit: int) -> list[Tip]:
        """By priority, with at least one of every phase that has any, in the order of phases."""
        fitting = [tip for tip in self._tips[audience] if tip.fits(facts)]
        if len(fitting) > limit:
            first_of_phase: dict[int, Tip] = {}
            for tip in fitting:
                first_of_phase.setdefault(tip.phase, tip)
            chosen = list(first_of_phase.values())[:limit]
            chosen += [tip for tip in fitting if tip not in chosen][: limit - len(chosen)]
            rank = {tip.id: place for place, tip in enumerate(fitting)}
            fitting = sorted(chosen, key=lambda tip: rank[tip.id])
        return sorted(fitting, key=lambda tip: tip.phase)
