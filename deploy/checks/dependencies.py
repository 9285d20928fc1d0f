"""Holds what the program is made of to .deny.toml: licences, bans, duplicates, sources. Reads `cargo metadata`; does not
know the advisories, for which `cargo deny` is needed.

    python dependencies.py
"""

import collections
import json
import pathlib
import re
import subprocess
import sys
import tomllib

ROOT = pathlib.Path(__file__).resolve().parents[2]


def graph(target):
    command = ["cargo", "metadata", "--locked", "--format-version=1", "--filter-platform", target]
    read = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout)
    packages = {it["id"]: it for it in read["packages"]}
    nodes = {it["id"]: it for it in read["resolve"]["nodes"]}
    return packages, nodes


def shipped(packages, nodes):
    """The program, what is compiled into it, and what builds it; not what only tests use."""
    waiting = [one for one, package in packages.items() if package["name"] == "rebound" and package["source"] is None]
    seen = set()
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += [it["pkg"] for it in nodes[one]["deps"] if any(kind["kind"] != "dev" for kind in it["dep_kinds"])]
    return seen


def allows(expression, allowed):
    """Whether an SPDX expression can be met by what is allowed; `/` is the old way to write OR."""
    tokens = re.findall(r"\(|\)|[\w.+-]+(?: WITH [\w.+-]+)?", expression.replace("/", " OR "))

    def either():
        result = both()
        while tokens and tokens[0] == "OR":
            tokens.pop(0)
            result = both() or result
        return result

    def both():
        result = one()
        while tokens and tokens[0] == "AND":
            tokens.pop(0)
            result = one() and result
        return result

    def one():
        token = tokens.pop(0)
        if token == "(":
            result = either()
            tokens.pop(0)
            return result
        return token in allowed

    return either()


def matches(spec, package):
    """Whether `name` or `name@version`, of which the last parts may be left out, means a package."""
    name, _, version = spec.partition("@")
    return package["name"] == name and (not version or f"{package['version']}.".startswith(f"{version}."))


def main():
    policy = tomllib.loads((ROOT / ".deny.toml").read_text())
    found, skipped, counted = set(), set(), set()
    for target in policy["graph"]["targets"]:
        packages, nodes = graph(target)
        ours = shipped(packages, nodes)
        counted |= ours
        # Cargo's own one: whatever else there is has a single crate or two.
        origins = collections.Counter(it["source"] for it in packages.values() if it["source"])
        registry = next((it for it, _ in origins.most_common(1) if it.startswith("registry+")), None)
        versions = collections.defaultdict(list)
        for one in ours:
            package = packages[one]
            place = f"{package['name']} {package['version']}"
            versions[package["name"]].append(package)
            licence = package["license"]
            if not licence or not allows(licence, policy["licenses"]["allow"]):
                found.add(f"{place}: its licence, {licence}, is not allowed")
            if package["source"] not in (None, registry):
                found.add(f"{place}: it comes from {package['source']}")
            for ban in policy["bans"]["deny"]:
                users = {packages[it]["name"] for it in ours if any(dep["pkg"] == one for dep in nodes[it]["deps"])}
                if matches(ban["crate"], package) and not (ban.get("wrappers") and users <= set(ban["wrappers"])):
                    found.add(f"{place}: banned: {ban['reason']}; used by {', '.join(sorted(users))}")
            for dependency in package["dependencies"] if package["source"] is None else []:
                if dependency["req"] == "*" and not dependency.get("path"):
                    found.add(f"{place}: {dependency['name']} may have any version")
        for name, several in versions.items():
            for package in several if len(several) > 1 else []:
                skips = [skip["crate"] for skip in policy["bans"]["skip"] if matches(skip["crate"], package)]
                skipped.update(skips)
                if not skips:
                    package["left"] = True
            left = [it["version"] for it in several if it.get("left")]
            if len(left) > 1:
                found.add(f"{name}: versions {', '.join(sorted(left))}; update one, or say under [bans] skip why not")
    for skip in policy["bans"]["skip"]:
        if skip["crate"] not in skipped:
            print(f"note: {skip['crate']} needs no exception any more")
    print("\n".join(sorted(found)) or f"{len(counted)} crates are as .deny.toml wants them.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
