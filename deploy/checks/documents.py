"""Checks what the documents of this folder name: tests that are there, files that are there, sections that are there.

    python documents.py
"""

import pathlib
import re
import sys

DEPLOY = pathlib.Path(__file__).resolve().parent.parent
ROOT = DEPLOY.parent


def anchors(text):
    """The sections of a document, as links name them."""
    for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE):
        yield re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def main():
    found, tests = [], 0
    for document in sorted(DEPLOY.glob("*.md")):
        text = document.read_text()
        for path, test in re.findall(r"`((?:tests|crates)/[\w/.-]+\.rs)::(\w+)`", text):
            tests += 1
            source = ROOT / path
            if not source.exists() or not re.search(rf"\bfn {test}\b", source.read_text()):
                found.append(f"{document.name}: there is no test {test} in {path}")
        for path in re.findall(r"`(deploy/[\w/.-]+)`", text):
            if not (ROOT / path).exists() and path not in ("deploy/secrets", "deploy/secrets/pager-url"):
                found.append(f"{document.name}: {path} is missing")
        for target in re.findall(r"\]\(([^)]+)\)", text):
            path, _, anchor = target.partition("#")
            linked = document.parent / path if path else document
            if not linked.exists():
                found.append(f"{document.name}: {target} leads nowhere")
            elif anchor and anchor not in anchors(linked.read_text()):
                found.append(f"{document.name}: {target} has no such section")
    print("\n".join(found) or f"{tests} tests are named, and all of them are there.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
