"""Holds rules and dashboards to the metrics that exist: starts the program, asks it a few things, reads /metrics, and
finds each metric, label and value that a rule or a panel names and the service does not have.

    python metrics.py PROGRAM PROMTOOL
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

from service import Service

DEPLOY = pathlib.Path(__file__).resolve().parent.parent
ROOT = DEPLOY.parent

# What others measure: Prometheus itself, the kubelet, kube-state-metrics.
CLUSTER = {"namespace", "pod", "container"}
FOREIGN = {
    "up": {"job", "instance"},
    "container_memory_working_set_bytes": CLUSTER,
    "kube_pod_container_resource_limits": CLUSTER | {"resource"},
    "kube_pod_container_status_restarts_total": CLUSTER,
    "kube_horizontalpodautoscaler_status_current_replicas": {"namespace", "horizontalpodautoscaler"},
    "kube_horizontalpodautoscaler_spec_max_replicas": {"namespace", "horizontalpodautoscaler"},
}
WORDS = {"and", "or", "unless", "offset", "bool", "by", "on", "without", "ignoring", "group_left", "group_right", "inf", "nan"}


def scrape(service):
    """What there is after some traffic: the labels of each metric, and the values of each label."""
    service.ask("/v1/guidance", {"context": {"kind": "idea"}}, service.key)
    service.ask("/v1/guidance", {"context": {"kind": "idea"}})
    service.ask("/nothing")
    service.ask("/readyz")
    empty = b"\0\0\0\0\0"
    service.ask("/rebound.v1.GuidanceService/GetGuidance", empty, None, "application/grpc-web+proto", service.grpc)
    status, text = service.ask("/metrics")
    assert status == 200, text
    labels, values = {}, {}
    for name, inside in re.findall(r"^(\w+)(?:\{(.*)\})? \S+$", text, re.MULTILINE):
        pairs = re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', inside)
        labels.setdefault(name, set()).update(label for label, _ in pairs)
        for label, value in pairs:
            values.setdefault((name, label), set()).add(value)
    return labels, values


def known_values(metric, label, values):
    """Every value that a label may have, as the contracts list them; None if they are not listed anywhere."""
    if label == "status":
        return {str(status) for status in range(100, 600)}
    if label == "route":
        paths = json.loads((ROOT / "crates/api-rest/openapi.json").read_text())["paths"]
        return {*paths, "other"}
    if label == "code":
        names = re.search(r"CODE_NAMES[^=]*= \[(.*?)\]", (ROOT / "crates/api-grpc/src/status.rs").read_text(), re.DOTALL)
        return set(re.findall(r'"(\w+)"', names[1]))
    if label == "method" and "grpc" in metric:
        return values[("rebound_grpc_request_duration_seconds_count", "method")]
    if label == "reason" and metric == "rebound_limited_total":
        return values[(metric, label)]
    if label == "api":
        return values[("rebound_memo_bytes", "api")]
    return None


def parse(expression):
    """The metrics that an expression names with their matchers, and the labels that it groups by."""
    strings = []

    def hide(match):
        strings.append(match[0][1:-1])
        return f'"{len(strings) - 1}"'

    text = re.sub(r'"(?:[^"\\]|\\.)*"', hide, expression)
    groups = set()
    for clause in re.findall(r"\b(?:by|on|without|ignoring|group_left|group_right)\s*\(([^)]*)\)", text):
        groups.update(re.findall(r"\w+", clause))
    text = re.sub(r"\b(?:by|on|without|ignoring|group_left|group_right)\s*\([^)]*\)", " ", text)
    text = re.sub(r"\[[^\]]*\]|\boffset\s+\w+", " ", text)
    metrics = []
    for name, inside in re.findall(r"(?<![\w:\"])([a-zA-Z_:][\w:]*)\s*(\{[^}]*\})?(?![\w:]*\s*\()", text):
        if name in WORDS:
            continue
        matchers = [
            (label, operator, strings[int(index)])
            for label, operator, index in re.findall(r'(\w+)\s*(=~|!~|!=|=)\s*"(\d+)"', inside)
        ]
        metrics.append((name, matchers))
    return metrics, groups


def wrong(expression, legend, labels, values):
    """What an expression names that is not there."""
    metrics, groups = parse(expression)
    everything = set()
    for name, matchers in metrics:
        if name not in labels:
            yield f"there is no metric {name}"
            continue
        everything |= labels[name]
        for label, operator, value in matchers:
            if label not in labels[name]:
                yield f"{name} has no label {label}"
                continue
            known = known_values(name, label, values)
            for one in value.split("|") if "~" in operator else [re.escape(value)]:
                if known and not any(re.fullmatch(one, it) for it in known):
                    yield f"{name}: {label} is never {one}"
    for label in sorted((groups | set(re.findall(r"\{\{\s*(\w+)", legend))) - everything):
        yield f"nothing has a label {label}"
    if not metrics and "vector" not in expression:
        yield "it names no metric"


def rules():
    """Where each expression of a rule stands, with the rule."""
    for file in sorted((DEPLOY / "observability/rules").glob("*.yml")):
        for group in yaml.safe_load(file.read_text())["groups"]:
            for rule in group["rules"]:
                yield f"{file.name}: {rule.get('alert') or rule['record']}", rule


def panels():
    """Where each expression of a dashboard stands, with its legend."""
    for file in sorted((DEPLOY / "observability/grafana/dashboards").glob("*.json")):
        board = json.loads(file.read_text())
        for panel in board["panels"]:
            for target in panel.get("targets", []):
                expression = target["expr"].replace("$__rate_interval", "1m").replace("$instance", ".*")
                yield f"{file.name}: {panel['title']}", expression, target["legendFormat"]
        for variable in board["templating"]["list"]:
            series, label = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"]).groups()
            yield f"{file.name}: ${variable['name']}", f"count by ({label}) ({series})", ""


def main(program, promtool):
    # A collector that is not there: what is sent to one is counted from the start.
    with Service(program, OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:9", OTEL_METRICS_EXPORTER="none") as service:
        labels, values = scrape(service)
    for name in labels:
        labels[name] |= {"job", "instance"}
    labels |= FOREIGN
    found = []
    for _, rule in rules():
        if "record" in rule:
            labels[rule["record"]] = {"job"}
    for place, rule in rules():
        found += [f"{place}: {what}" for what in wrong(rule["expr"], "", labels, values)]
    named = 0
    read = {"groups": [{"name": "panels", "rules": []}]}
    for place, expression, legend in panels():
        named += 1
        found += [f"{place}: {what}" for what in wrong(expression, legend, labels, values)]
        read["groups"][0]["rules"].append({"record": f"panel:{named}", "expr": expression})
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        yaml.safe_dump(read, file)
        file.flush()
        checked = subprocess.run([promtool, "check", "rules", file.name], capture_output=True, text=True)
    if checked.returncode:
        found.append(f"a panel cannot be read: {checked.stdout}{checked.stderr}")
    print("\n".join(found) or f"{named} expressions of dashboards and {len(list(rules()))} rules name what there is.")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
