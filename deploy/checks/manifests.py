"""Checks what no schema knows: that containers are as hardened as they are said to be, that what one file names is in
another, and that each alert has its page in the runbook.

    python manifests.py [--write] [BUILT...]     BUILT: overlays as `kubectl kustomize` builds them
"""

import json
import pathlib
import re
import sys

import kubernetes_validate
import yaml

DEPLOY = pathlib.Path(__file__).resolve().parent.parent
# The oldest release that is promised, and the newest whose schema is at hand.
KUBERNETES = ["1.29", "1.37"]
FOUND = []


def found(place, what):
    FOUND.append(f"{place}: {what}")


def load(path):
    return yaml.safe_load((DEPLOY / path).read_text())


def compose():
    """Every service is closed, limited and pinned; every file and secret that is mounted is there."""
    file = load("compose.yaml")
    made = set(re.findall(r"^\s*secret ([\w-]+) ", (DEPLOY / "start").read_text(), re.MULTILINE))
    for name, service in file["services"].items():
        place = f"compose.yaml: {name}"
        for key, wanted in {"read_only": True, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"]}.items():
            if service.get(key) != wanted:
                found(place, f"{key} is not {wanted}")
        if service.get("user", "0").split(":")[0] in ("", "0", "root"):
            found(place, "it runs as root")
        limits = service.get("deploy", {}).get("resources", {}).get("limits", {})
        if not {"cpus", "memory", "pids"} <= set(limits):
            found(place, f"it has no limit of {', '.join({'cpus', 'memory', 'pids'} - set(limits))}")
        if not re.search(r":v?\d+\.\d+|REBOUND_IMAGE", service["image"]):
            found(place, f"{service['image']} is not pinned")
        if "ports" in service and not all(port.startswith("127.0.0.1:") for port in service["ports"]):
            found(place, "a port is open to the network")
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("./") and not (DEPLOY / source).exists():
                found(place, f"{source} is missing")
            if source.startswith("./") and not volume.endswith(":ro"):
                found(place, f"{source} may be written")
        for secret in service.get("secrets", []):
            if secret not in file["secrets"] or secret not in made:
                found(place, f"the secret {secret} is not made by deploy/start")
        inside = {f"/run/secrets/{secret}" for secret in service.get("secrets", [])}
        for key, value in service.get("environment", {}).items():
            if str(value).startswith("/run/secrets/") and value not in inside:
                found(place, f"{key} names {value}, which is not mounted")
    replica = file["services"]["rebound-a"]
    delay = replica["environment"]["REBOUND_SHUTDOWN_DELAY_SECONDS"]
    if int(replica["stop_grace_period"].removesuffix("s")) <= delay + drain_seconds():
        found("compose.yaml", "stop_grace_period is too short for shutdown_delay_seconds and drain_seconds")
    targets = {target for job in load("observability/prometheus.yml")["scrape_configs"] for target in job["static_configs"][0]["targets"]}
    hosts = {target.split(":")[0] for target in targets} - {"127.0.0.1"}
    for host in hosts - set(file["services"]):
        found("prometheus.yml", f"compose.yaml has no service {host}")


def drain_seconds():
    defaults = (DEPLOY.parent / "crates/server/rebound.default.toml").read_text()
    return int(re.search(r"^drain_seconds = (\d+)", defaults, re.MULTILINE)[1])


def settings():
    """The environment variables that the program knows."""
    text = (DEPLOY.parent / "tests/tests/contracts/help.txt").read_text()
    return set(re.findall(r"\[env: (REBOUND_\w+)", text))


def pod(place, spec):
    """What every pod of ours has to be."""
    security = spec.get("securityContext", {})
    if not security.get("runAsNonRoot") or security.get("seccompProfile", {}).get("type") != "RuntimeDefault":
        found(place, "the pod is not restricted")
    if spec.get("automountServiceAccountToken") is not False:
        found(place, "it has a token of the cluster")
    # The service `rebound` would bring REBOUND_SERVICE_HOST and others, at which the program refuses to start.
    if spec.get("enableServiceLinks") is not False:
        found(place, "service links bring unknown variables")
    for container in spec.get("initContainers", []) + spec["containers"]:
        inside = f"{place}: {container['name']}"
        security = container.get("securityContext", {})
        wanted = {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
        if security != wanted:
            found(inside, "the container is not restricted")
        if "memory" not in container.get("resources", {}).get("limits", {}) or "requests" not in container["resources"]:
            found(inside, "it has no requests, or no limit of memory")
        for variable in container.get("env", []):
            if variable["name"].startswith("REBOUND_") and variable["name"] not in settings():
                found(inside, f"{variable['name']} is no setting")
            if re.search("KEY|URL", variable["name"]) and not variable["name"].endswith("_FILE") and "postgres" in variable["value"]:
                found(inside, f"{variable['name']} has a secret")
    main = spec["containers"][0]
    if not {"startupProbe", "livenessProbe", "readinessProbe"} <= set(main):
        found(place, "a probe is missing")
    variables = {it["name"]: it["value"] for it in main["env"]}
    delay = int(variables.get("REBOUND_SHUTDOWN_DELAY_SECONDS", 0))
    if spec["terminationGracePeriodSeconds"] <= delay + drain_seconds():
        found(place, "terminationGracePeriodSeconds is too short for shutdown_delay_seconds and drain_seconds")
    if delay < 2 * main["readinessProbe"]["periodSeconds"]:
        found(place, "the ports close before the endpoints can be gone")


def kubernetes(path):
    """An overlay as it is built: schemas, restrictions, and selectors that find the pods."""
    documents = [it for it in yaml.safe_load_all(pathlib.Path(path).read_text()) if it]
    labels = {}
    for document in documents:
        place = f"{pathlib.Path(path).stem}: {document['kind']}/{document['metadata']['name']}"
        if document["apiVersion"].startswith("monitoring.coreos.com/"):
            continue
        for version in KUBERNETES:
            try:
                kubernetes_validate.validate(document, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                found(place, f"Kubernetes {version}: {error}")
        if document["kind"] in ("Deployment", "StatefulSet"):
            template = document["spec"]["template"]
            labels = template["metadata"]["labels"]
            pod(place, template["spec"])
    for document in documents:
        spec = document.get("spec", {})
        selector = {"Service": "selector", "NetworkPolicy": "podSelector"}.get(document["kind"])
        chosen = spec.get(selector) or spec.get("selector") or {}
        chosen = chosen.get("matchLabels", chosen) if isinstance(chosen, dict) else {}
        if not chosen.items() <= labels.items():
            found(f"{path}: {document['kind']}", f"{chosen} finds none of our pods")
        if document["kind"] == "NetworkPolicy":
            names = [peer for rule in spec["egress"] for peer in rule["to"] if "podSelector" in peer]
            if [peer["podSelector"]["matchLabels"] for peer in names] != [{"k8s-app": "kube-dns"}]:
                found(f"{path}: NetworkPolicy", "names cannot be resolved")
    if not labels:
        found(path, "it has no pods")


def collector():
    """Each pipeline has parts that are defined, limits memory first, and nothing is defined for nobody."""
    file = load("observability/collector.yaml")
    used = {"receivers": set(), "processors": set(), "exporters": set()}
    for name, pipeline in file["service"]["pipelines"].items():
        for kind in used:
            used[kind].update(pipeline[kind])
        if pipeline["processors"][0] != "memory_limiter":
            found("collector.yaml", f"{name} does not limit memory first")
    for kind, names in used.items():
        for name in names ^ set(file[kind]):
            found("collector.yaml", f"{kind}: {name} is not both defined and used")


def dashboards():
    """Panels have ids of their own, do not overlap, and ask data sources that are provisioned."""
    sources = {it["uid"] for it in load("observability/grafana/provisioning/datasources/rebound.yaml")["datasources"]}
    for file in (DEPLOY / "observability/grafana/dashboards").glob("*.json"):
        taken, ids = set(), set()
        for panel in json.loads(file.read_text())["panels"]:
            place, grid = f"{file.name}: {panel['title']}", panel["gridPos"]
            cells = {(x, y) for x in range(grid["x"], grid["x"] + grid["w"]) for y in range(grid["y"], grid["y"] + grid["h"])}
            if taken & cells or grid["x"] + grid["w"] > 24:
                found(place, "it overlaps another one")
            if panel["id"] in ids:
                found(place, "its id is taken")
            taken, ids = taken | cells, ids | {panel["id"]}
            for target in panel.get("targets", []):
                if target["datasource"]["uid"] not in sources:
                    found(place, "its data source is not provisioned")


def runbook(write):
    """Each alert has a severity and a section, each section an alert; the cluster gets the same rules."""
    sections = set(re.findall(r"^### (Rebound\w+)$", (DEPLOY / "runbook.md").read_text(), re.MULTILINE))
    groups = [group for file in sorted((DEPLOY / "observability/rules").glob("*.yml")) for group in yaml.safe_load(file.read_text())["groups"]]
    alerts = [rule for group in groups for rule in group["rules"] if "alert" in rule]
    for alert in alerts:
        anchor = alert["annotations"]["runbook_url"].partition("deploy/runbook.md#")[2]
        if anchor != alert["alert"].lower() or alert["alert"] not in sections:
            found(alert["alert"], "the runbook has no section for it")
        if alert["labels"]["severity"] not in ("page", "ticket", "none"):
            found(alert["alert"], "nobody is told")
    for section in sections - {alert["alert"] for alert in alerts}:
        found("runbook.md", f"there is no alert {section}")
    made = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "rebound", "namespace": "rebound"},
        "spec": {"groups": groups},
    }
    path = DEPLOY / "kubernetes/components/monitoring/rules.yaml"
    text = "# Made from deploy/observability/rules by `deploy/check --write`. Do not edit.\n" + yaml.safe_dump(made, sort_keys=False, width=10000)
    if write:
        path.write_text(text)
    elif not path.exists() or path.read_text() != text:
        found("kubernetes/components/monitoring/rules.yaml", "it is not made from the rules; run `deploy/check --write`")


def main(arguments):
    compose()
    collector()
    dashboards()
    runbook("--write" in arguments)
    for path in arguments:
        if path != "--write":
            kubernetes(path)
    print("\n".join(FOUND) or "Manifests agree with each other, and are as closed as they should be.")
    return bool(FOUND)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
